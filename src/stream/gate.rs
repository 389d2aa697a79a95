//! The way of rendered sound, and what happens where it is missing: it fades out before the gap, and back in after it.

use super::output::Output;
use crate::audio::Ring;

/// Opens and closes the way of rendered sound, sample by sample at the model's rate.
///
/// It looks one crossfade ahead: sound that is not there by then counts as missing, and the fade ends where the gap
/// begins. After a gap the way opens again once there is a whole crossfade of sound.
pub(super) struct Gate {
    crossfade_samples: usize,
    lag_samples: u64,
    /// From 0, closed, to `crossfade_samples`, open.
    opened: usize,
    /// How many samples in a row were there when they were looked at, ahead of the one that is heard.
    sound: usize,
    /// Whether sound was missing when the latest sample was looked at.
    missing: bool,
    /// Whether there is silence (and nothing is missing) before position 0.
    silent_before: bool,
    /// How open the latest outputs were.
    history: Ring,
    underruns: u64,
}

impl Gate {
    /// A gate for outputs that are at position `output − lag_samples`, and whose openness is asked for up to
    /// `history_samples` later.
    pub fn new(crossfade_samples: usize, lag_samples: usize, history_samples: usize) -> Self {
        let history = Ring::new(history_samples + 1, 1);
        let mut gate = Self {
            crossfade_samples,
            lag_samples: lag_samples as u64,
            opened: 0,
            sound: 0,
            missing: false,
            silent_before: true,
            history,
            underruns: 0,
        };
        gate.reset(true);
        gate
    }

    /// As new; `silent_before` says whether the silence before position 0 counts as rendered. Real-time.
    pub fn reset(&mut self, silent_before: bool) {
        self.silent_before = silent_before;
        self.missing = false;
        (self.opened, self.sound) =
            if silent_before { (self.crossfade_samples, self.crossfade_samples + 1) } else { (0, 0) };
        let openness = f32::from(u8::from(silent_before));
        (0..self.history.capacity() as u64).for_each(|at| self.history.row_mut(at)[0] = openness);
    }

    /// How often sound went missing.
    pub fn underruns(&self) -> u64 {
        self.underruns
    }

    /// Whether the way is fully open.
    pub fn open(&self) -> bool {
        self.opened == self.crossfade_samples
    }

    /// The openness of output `output`, the next one: from 0 to 1. Real-time.
    pub fn step(&mut self, output: u64, rendered: &Output) -> f32 {
        let ahead = output + self.crossfade_samples as u64;
        let there = if ahead < self.lag_samples {
            self.silent_before
        } else {
            rendered.holds(ahead - self.lag_samples)
        };
        self.sound = if there { (self.sound + 1).min(self.crossfade_samples + 1) } else { 0 };
        // Before position 0 nothing can be missing.
        let missing = !there && ahead >= self.lag_samples;
        self.underruns += u64::from(missing && !self.missing);
        self.missing = missing;
        // Only with a whole crossfade of sound ahead the way may open; with less, a gap is coming or just over.
        self.opened = if self.sound > self.crossfade_samples {
            (self.opened + 1).min(self.crossfade_samples)
        } else {
            self.opened.saturating_sub(1)
        };
        let openness = self.opened as f32 / self.crossfade_samples as f32;
        self.history.row_mut(output)[0] = openness;
        openness
    }

    /// The openness at output `output + fraction`, linearly between outputs; `output` may lie before the first. Real-time.
    pub fn at(&self, output: i64, fraction: f32) -> f32 {
        let of = |output: i64| match u64::try_from(output) {
            Ok(output) => self.history.at(output),
            Err(_) => f32::from(u8::from(self.silent_before)),
        };
        if fraction == 0.0 { of(output) } else { of(output) + fraction * (of(output + 1) - of(output)) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::link::link;
    use super::*;
    use crate::render::{Context, Format, SpanPlan};

    const CROSSFADE: usize = 4;
    const LAG: usize = 10;

    /// The gate's openness at positions 0.. with chunks of 8 samples, of which `there` says which come, and when (as
    /// the output before which they come).
    fn openness(there: &[(u64, u64)], positions: usize) -> (Vec<f32>, u64) {
        let context = Context::default();
        let format = Format {
            rate_hz: 8000,
            hop: 8,
            n_mels: 1,
            context,
            quantum_frames: None,
            side_by_side: 1,
            chunk_frames: 4,
            tail_samples: 0,
        };
        let plan = SpanPlan { chunk_frames: 1, left_frames: 0, right_frames: 0 };
        let (mut audio, _worker) = link(format, plan, 1, 1, std::thread::current());
        let mut chunk = audio.take().unwrap();
        let (mut output, mut gate) = (Output::new(1, 1, 8, 64), Gate::new(CROSSFADE, LAG, 8));
        let mut heard = Vec::new();
        for index in 0..(LAG + positions) as u64 {
            for &(number, _) in there.iter().filter(|&&(_, when)| when == index) {
                chunk.index = number;
                chunk.rendered = true;
                chunk.samples[0] = vec![1.0; 8];
                output.store(&chunk, index.saturating_sub(LAG as u64));
            }
            heard.push(gate.step(index, &output));
        }
        (heard.split_off(LAG), gate.underruns())
    }

    #[test]
    fn a_gap_is_silent_from_its_first_sample_to_its_last() {
        let (heard, underruns) = openness(&[(0, 0), (2, 0)], 24);
        let fade_out = [0.75, 0.5, 0.25, 0.0];
        assert_eq!(heard[..4], [1.0; 4]);
        assert_eq!(heard[4..8], fade_out);
        assert_eq!(heard[8..16], [0.0; 8]);
        assert_eq!(heard[16..20], [0.25, 0.5, 0.75, 1.0]);
        assert_eq!(heard[20..], fade_out);
        // Chunk 3 is missing too.
        assert_eq!(underruns, 2);
    }

    #[test]
    fn late_sound_is_heard_from_where_a_crossfade_of_it_is_left() {
        // Chunk 1 comes when position 10 is to be heard, after having been missed at position 4.
        let (heard, underruns) = openness(&[(0, 0), (1, 20), (2, 20), (3, 20)], 20);
        assert_eq!(heard[4..8], [0.75, 0.5, 0.25, 0.0]);
        assert_eq!(heard[8..14], [0.0; 6]);
        assert_eq!(heard[14..18], [0.25, 0.5, 0.75, 1.0]);
        assert_eq!(underruns, 1);
    }

    #[test]
    fn nothing_missing_means_fully_open_from_the_first_sample() {
        let (heard, underruns) = openness(&[(0, 0), (1, 0), (2, 0), (3, 0)], 20);
        assert_eq!((heard, underruns), (vec![1.0; 20], 0));
    }
}
