//! rubato's sinc resampler, fed sample by sample.

use std::collections::VecDeque;

use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{
    Async, FixedAsync, Resampler as _, SincInterpolationParameters, WindowFunction, calculate_cutoff,
};

use super::rates::{Rates, TAPS};
use crate::{Error, Result};

/// The filter's window: some 90 dB of rejection and a pass band to 0.92 of the lower Nyquist frequency.
const WINDOW: WindowFunction = WindowFunction::Blackman2;

/// A resampler that works chunk by chunk.
pub(super) struct Sinc {
    resampler: Async<f32>,
    /// The chunk that is being filled, per channel.
    staged: Vec<Vec<f32>>,
    filled: usize,
    produced: Vec<Vec<f32>>,
    /// Outputs that are still to be skipped.
    to_skip: usize,
}

impl Sinc {
    /// The resampler of `channels` at `rates`.
    pub fn new(rates: Rates, channels: usize) -> Result<Self> {
        // rubato scales the cutoff by the ratio when it goes down; it is meant for the taps of the lower rate.
        let parameters = SincInterpolationParameters::new(rates.taps(), WINDOW)
            .f_cutoff(calculate_cutoff::<f32>(TAPS, WINDOW));
        let ratio = f64::from(rates.output_hz) / f64::from(rates.input_hz);
        let resampler =
            Async::<f32>::new_sinc(ratio, 1.0, &parameters, rates.chunk(), channels, FixedAsync::Input)
                .map_err(|error| {
                    Error::invalid(
                        "stream",
                        "host_rate_hz",
                        format!("{rates:?} ({error})"),
                        "rates that resample",
                    )
                })?;
        let most = resampler.output_frames_max();
        Ok(Self {
            staged: vec![vec![0.0; rates.chunk()]; channels],
            filled: 0,
            produced: vec![vec![0.0; most]; channels],
            to_skip: 0,
            resampler,
        })
    }

    /// Back to silence; the first `to_skip` outputs will not be handed out.
    pub fn reset(&mut self, to_skip: usize) {
        self.resampler.reset();
        self.filled = 0;
        self.to_skip = to_skip;
    }

    /// Takes one sample of every channel, and hands out what a full chunk gives. Real-time.
    pub fn push(&mut self, of: impl Fn(usize) -> f32, ready: &mut [VecDeque<f32>]) {
        for (channel, staged) in self.staged.iter_mut().enumerate() {
            staged[self.filled] = of(channel);
        }
        self.filled += 1;
        if self.filled == self.staged.first().map_or(0, Vec::len) {
            self.filled = 0;
            self.run(ready);
        }
    }

    fn run(&mut self, ready: &mut [VecDeque<f32>]) {
        let channels = self.staged.len();
        let (frames_in, frames_out) = (self.staged[0].len(), self.produced[0].len());
        // All three fail on wrong sizes only, and these are fixed in `new`.
        let Ok(input) = SequentialSliceOfVecs::new(&self.staged, channels, frames_in) else { return };
        let Ok(mut output) = SequentialSliceOfVecs::new_mut(&mut self.produced, channels, frames_out) else {
            return;
        };
        let Ok((_, count)) = self.resampler.process_into_buffer(&input, &mut output, None) else { return };
        let skipped = self.to_skip.min(count);
        self.to_skip -= skipped;
        for (ready, produced) in ready.iter_mut().zip(&self.produced) {
            ready.extend(&produced[skipped..count]);
        }
    }
}
