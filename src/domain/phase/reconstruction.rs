//! How far the reconstruction of one signal has come.

use std::collections::VecDeque;

use realfft::num_complex::Complex32;

/// The reconstruction of one signal: what is settled of it and still to be heard, and the estimates after that.
///
/// Frames and samples are counted from the start of the signal; frame f's window begins `lead` samples before f·hop.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reconstruction {
    /// The frame that is settled next: that of the first estimate.
    pub(super) next_frame: u64,
    /// Sample of the first sum; negative where frame 0 begins before the signal.
    pub(super) origin: i64,
    /// Settled frames, overlapped and added, and the squares of their windows.
    pub(super) sums: Vec<f32>,
    pub(super) energies: Vec<f32>,
    /// The same frames as they are heard.
    heard: Vec<f32>,
    /// Estimates of frames that are not settled yet, in their order.
    pub(super) estimates: VecDeque<Estimate>,
}

/// The estimate of a frame.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Estimate {
    /// Its magnitudes, `[n_fft / 2 + 1]`, which stay.
    pub magnitudes: Vec<f32>,
    /// Those that it is heard with, where they are others.
    pub heard: Option<Vec<f32>>,
    /// The spectrum that its phases were read off last.
    pub spectrum: Vec<Complex32>,
    /// Its phases, as values of magnitude 1.
    pub phases: Vec<Complex32>,
    /// Its samples under the window, `[win]`.
    pub samples: Vec<f32>,
}

impl Reconstruction {
    /// Nothing before frame `frame`, whose window begins at sample `origin`.
    pub(super) fn new(frame: u64, origin: i64) -> Self {
        Self { next_frame: frame, origin, ..Self::default() }
    }

    /// The frame after the last that it has seen.
    pub fn seen_frames(&self) -> u64 {
        self.next_frame + self.estimates.len() as u64
    }

    /// Adds a settled frame's `samples`, and those that are `heard`, already under the window of `squares`, from sample `start` on.
    pub(super) fn settle(&mut self, samples: &[f32], heard: &[f32], squares: &[f32], start: i64) {
        let first = (start - self.origin) as usize;
        let end = first + samples.len();
        for (sums, values) in
            [(&mut self.sums, samples), (&mut self.energies, squares), (&mut self.heard, heard)]
        {
            sums.resize(end.max(sums.len()), 0.0);
            sums[first..end].iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        }
    }

    /// Appends the samples from `start` to `end` to `out` and forgets all that lies before `end`.
    pub(super) fn emit(&mut self, start: i64, end: i64, out: &mut Vec<f32>) {
        for at in start..end {
            let index = usize::try_from(at - self.origin).ok();
            let found = index.and_then(|index| Some((self.heard.get(index)?, self.energies.get(index)?)));
            out.push(found.map_or(0.0, |(sum, energy)| sum / energy.max(LEAST_ENERGY)));
        }
        let gone = usize::try_from(end - self.origin).map_or(0, |gone| gone.min(self.sums.len()));
        for sums in [&mut self.sums, &mut self.energies, &mut self.heard] {
            sums.drain(..gone);
        }
        self.origin = self.origin.max(end);
    }
}

/// Least sum of squared windows that a sample is divided by: at the very ends of a signal less of it is silence.
const LEAST_ENERGY: f32 = 1e-3;
