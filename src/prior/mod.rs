//! Priors: what a model knows of the sound before it samples, read off the mel frames alone.

mod energy;
mod filter;
mod spectral;

pub use energy::EnergyPrior;
pub use filter::SpectralFilter;
pub use spectral::SpectralPrior;

use serde::{Deserialize, Serialize};

use crate::Result;

/// The prior that a model was trained with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Prior {
    /// Noise as loud as the frame that it belongs to.
    Energy(EnergyPrior),
    /// Noise with the spectral envelope of the frame that it belongs to.
    Spectral(SpectralPrior),
}

impl Prior {
    /// Refuses values that no signal can be made with.
    ///
    /// # Errors
    /// Names `place` and the field.
    pub fn validate(&self, place: &str) -> Result<()> {
        match self {
            Self::Energy(prior) => prior.validate(place),
            Self::Spectral(prior) => prior.validate(place),
        }
    }

    /// Mel frames on either side of a sample's own that reach it through the prior.
    pub fn reach_frames(&self, hop: usize) -> usize {
        match self {
            Self::Energy(_) => 0,
            Self::Spectral(prior) => prior.reach_frames(hop),
        }
    }
}
