//! The energy prior.

use serde::{Deserialize, Serialize};

use crate::mel::{Dialect, Mel};
use crate::{Error, Result};

/// The energy prior (PriorGrad, Lee et al. 2022): noise as loud as the mel frame it belongs to.
///
/// The standard deviation of a frame is `gain·√Σ magnitude²` over its bands, within `floor` and `ceiling`, and is
/// held over the frame's hop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnergyPrior {
    /// Factor on the frame's energy.
    pub gain: f32,
    /// Least standard deviation.
    pub floor: f32,
    /// Largest standard deviation.
    pub ceiling: f32,
}

impl Default for EnergyPrior {
    /// The values of the recipe that checkpoints with `params.prior = True` come from.
    fn default() -> Self {
        Self { gain: 0.25, floor: 0.02, ceiling: 1.0 }
    }
}

impl EnergyPrior {
    pub(super) fn validate(&self, place: &str) -> Result<()> {
        if !(self.gain > 0.0 && self.gain.is_finite()) {
            return Err(Error::invalid(place, "prior.gain", self.gain, "a finite number above 0"));
        }
        if !(self.floor > 0.0 && self.floor <= self.ceiling && self.ceiling.is_finite()) {
            let found = format!("{} to {}", self.floor, self.ceiling);
            return Err(Error::invalid(place, "prior.floor and ceiling", found, "0 < floor ≤ ceiling"));
        }
        Ok(())
    }

    /// Standard deviation per sample, `[mel.frames() · hop]`.
    pub fn std(&self, mel: &Mel, dialect: &Dialect) -> Vec<f32> {
        (0..mel.frames())
            .flat_map(|index| {
                let energy: f32 = mel.frame(index).iter().map(|m| dialect.magnitude(*m).powi(2)).sum();
                let std = (self.gain * energy.sqrt()).clamp(self.floor, self.ceiling);
                std::iter::repeat_n(std, dialect.hop)
            })
            .collect()
    }
}
