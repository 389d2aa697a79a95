//! The arithmetic of two sample rates, in exact integers.

/// Filter taps per sample of the lower rate: 2.9 ms of delay at 22.05 kHz.
pub(super) const TAPS: usize = 128;

/// An input and an output rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rates {
    pub input_hz: u32,
    pub output_hz: u32,
}

impl Rates {
    /// How many output samples exist once `input_samples` have come: `⌈input·output_hz/input_hz⌉`. Output `m` is
    /// there with the input that it lies in, `⌊m·input_hz/output_hz⌋`: pulling `n` host samples after having
    /// pushed what `n` host samples brought is therefore always possible.
    pub fn outputs(self, input_samples: u64) -> u64 {
        (u128::from(input_samples) * u128::from(self.output_hz)).div_ceil(self.input_hz.into()) as u64
    }

    /// `input_samples` in whole output samples, rounded up.
    pub fn outputs_of(self, input_samples: usize) -> usize {
        self.outputs(input_samples as u64) as usize
    }

    /// The smallest delay that a [`super::resampler::Resampler`] can have, in input samples: half its filter, the chunk that it
    /// works in, and two output samples for the grids to meet.
    pub fn min_delay_samples(self) -> usize {
        if self.input_hz == self.output_hz {
            return 0;
        }
        self.taps() / 2 + self.chunk() + 1 + (2 * self.input_hz as usize).div_ceil(self.output_hz as usize)
    }

    /// Taps in input samples; a multiple of 8, as rubato rounds.
    pub fn taps(self) -> usize {
        let down = f64::from(self.input_hz) / f64::from(self.output_hz);
        ((TAPS as f64 * down.max(1.0)).ceil() as usize).next_multiple_of(8)
    }

    /// Input samples per call of rubato: two thirds of a millisecond, a trade between its fixed work per call and
    /// the latency.
    pub fn chunk(self) -> usize {
        (self.input_hz as usize / 1500).max(8)
    }
}
