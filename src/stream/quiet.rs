//! For how long nothing has sounded: when a stream may look whether it can sleep.

use std::ops::Range;

/// How often, in samples of silence, a stream looks whether it may sleep.
const CHECK_SAMPLES: u64 = 4096;

/// Counts samples of silence in a row. When it is time to look does not depend on how the samples are cut.
pub(super) struct Quiet {
    samples: u64,
    /// The first look, and the next.
    first_check: u64,
    next_check: u64,
}

impl Quiet {
    /// A count that has the stream look first after `first_check` samples of silence.
    pub fn new(first_check: u64) -> Self {
        Self { samples: 0, first_check, next_check: first_check }
    }

    /// As new.
    pub fn reset(&mut self) {
        (self.samples, self.next_check) = (0, self.first_check);
    }

    /// Counts the samples `part`, of which `sounds` tells those that are not silent, up to the next look. How many that are.
    pub fn count(&mut self, part: Range<usize>, sounds: impl Fn(usize) -> bool) -> usize {
        for at in part.clone() {
            if sounds(at) {
                self.reset();
            } else {
                self.samples += 1;
                if self.samples == self.next_check {
                    return at + 1 - part.start;
                }
            }
        }
        part.len()
    }

    /// Whether it is time to look; the next time is later then.
    pub fn is_time(&mut self) -> bool {
        let is_time = self.samples == self.next_check;
        if is_time {
            self.next_check += CHECK_SAMPLES;
        }
        is_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_come_after_so_much_silence_however_it_is_cut() {
        let sounds = |index: usize| index < 10 || index == 500;
        for cut in [1, 7, 1000, 20_000] {
            let (mut quiet, mut looks, mut at) = (Quiet::new(300), Vec::new(), 0);
            while at < 20_000 {
                at += quiet.count(at..(at + cut).min(20_000), sounds);
                if quiet.is_time() {
                    looks.push(at);
                }
            }
            assert_eq!(looks, [310, 801, 4897, 8993, 13_089, 17_185], "{cut}");
        }
    }
}
