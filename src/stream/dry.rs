//! The main input, to be heard a latency later.

use crate::audio::Ring;

/// A delay line: blocks go in whole, and samples are read at any delay that it holds. Real-time but for [`Dry::new`].
#[derive(Default)]
pub(super) struct Dry {
    /// Per channel, sample `p` at position `p`.
    rings: Vec<Ring>,
    /// Samples that went in.
    samples: u64,
}

impl Dry {
    /// A line for delays up to `delay_samples` of blocks up to `block_samples`.
    pub fn new(channels: usize, delay_samples: usize, block_samples: usize) -> Self {
        Self { rings: vec![Ring::new(delay_samples + block_samples, 1); channels], samples: 0 }
    }

    /// As new.
    pub fn reset(&mut self) {
        self.rings.iter_mut().for_each(Ring::clear);
        self.samples = 0;
    }

    /// Takes the next `count` samples; `of(channel, index)` is sample `index` of `channel`.
    pub fn push(&mut self, count: usize, of: impl Fn(usize, usize) -> f32) {
        for (channel, ring) in self.rings.iter_mut().enumerate() {
            for index in 0..count {
                ring.row_mut(self.samples + index as u64)[0] = of(channel, index);
            }
        }
        self.samples += count as u64;
    }

    /// The sample of `channel` that went in `delay_samples` before the one that was `back`-th from the end, 1 being the
    /// latest.
    pub fn at(&self, channel: usize, back: usize, delay_samples: usize) -> f32 {
        let position = self.samples.checked_sub((back + delay_samples) as u64);
        position.map_or(0.0, |position| self.rings[channel].at(position))
    }

    /// Takes the line of `other` in place of this one, with all that went in, and leaves it this one. Where this one is
    /// for longer delays it takes what the other holds instead.
    pub fn take_over(&mut self, other: &mut Self) {
        let capacity = |dry: &Self| dry.rings.first().map_or(0, Ring::capacity);
        if capacity(other) >= capacity(self) && other.rings.len() == self.rings.len() {
            std::mem::swap(self, other);
            return;
        }
        self.samples = other.samples;
        for (ring, known) in self.rings.iter_mut().zip(&other.rings) {
            let held = (known.capacity() as u64).min(other.samples);
            let mut position = other.samples - held;
            known.read(position, held as usize, |samples| {
                ring.write(position, samples);
                position += samples.len() as u64;
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_and_hands_over() {
        for (delay, newer) in [(3, 2), (3, 3), (3, 40)] {
            let mut old = Dry::new(1, delay, 2);
            let mut heard = Vec::new();
            for block in 0..3 {
                old.push(2, |_, index| (2 * block + index + 1) as f32);
                heard.extend([2, 1].map(|back| old.at(0, back, delay)));
            }
            assert_eq!(heard, [0.0, 0.0, 0.0, 1.0, 2.0, 3.0]);
            let mut new = Dry::new(1, newer, 2);
            new.take_over(&mut old);
            new.push(2, |_, _| 0.0);
            // Of what went in before, the latest is known.
            let after = [2, 1].map(|back| new.at(0, back, 2));
            assert_eq!(after, [5.0, 6.0], "{newer}");
        }
    }
}
