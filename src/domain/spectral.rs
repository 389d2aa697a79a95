//! The spectral prior.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The spectral prior: noise with the spectral envelope of the mel frames it belongs to.
///
/// After SpecGrad (Koizumi et al. 2022), which shapes the noise of every diffusion step by a filter L made from the
/// mel. Here L is applied once: the network diffuses the whitened signal `std·L⁻¹x` with white noise, and what it
/// samples goes through `L/std`. For an invertible L that is the same process, and neither the sampler nor the
/// network has to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpectralPrior {
    /// Standard deviation of the whitened signal among unit noise. Small enough that the noisiest step hides the
    /// signal: sampling starts without it.
    pub std: f32,
    /// Samples of the filter's window; a quarter of it is its step.
    pub win: usize,
    /// Least spectral density, as that of white noise of this standard deviation.
    pub floor: f32,
    /// Least density relative to the frame's largest: what lies below is not worth the noise of inverting it.
    pub range: f32,
}

impl Default for SpectralPrior {
    fn default() -> Self {
        Self { std: 0.25, win: 512, floor: 1e-5, range: 3e-4 }
    }
}

impl SpectralPrior {
    pub(super) fn validate(&self, place: &str) -> Result<()> {
        let within = [
            ("prior.std", self.std, 1e-3, 10.0),
            ("prior.floor", self.floor, 1e-9, 1.0),
            ("prior.range", self.range, 0.0, 1.0),
        ];
        for (field, found, least, most) in within {
            if !(least..=most).contains(&found) {
                return Err(Error::invalid(place, field, found, format!("{least} to {most}")));
            }
        }
        if !(16..=1 << 16).contains(&self.win) || !self.win.is_power_of_two() {
            return Err(Error::invalid(place, "prior.win", self.win, "a power of two from 16 to 65536"));
        }
        Ok(())
    }

    /// Frames on either side of a sample's own that the filter looks at: windows that hold the sample reach
    /// `win − 1` samples from it, and their envelopes lie between frames no farther away.
    pub(super) fn reach_frames(&self, hop: usize) -> usize {
        (self.win - 1).div_ceil(hop)
    }
}
