//! The priors that models are trained with.

use serde::{Deserialize, Serialize};

use super::coding::Domain;
use super::energy::EnergyPrior;
use super::spectral::SpectralPrior;
use super::stft::Stft;
use super::waveform::Waveform;
use super::whitened::Whitened;
use crate::Result;
use crate::mel::Dialect;

/// The prior that a model was trained with: what is known of its x before it is sampled, read off the mel frames alone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Prior {
    /// Noise as loud as the frame that it belongs to.
    Energy(EnergyPrior),
    /// Noise with the spectral envelope of the frame that it belongs to.
    Spectral(SpectralPrior),
    /// Spectra, each bin as loud as the frame that it belongs to has it.
    Stft,
}

impl Prior {
    /// Refuses values that no signal can be made with.
    ///
    /// # Errors
    /// Names `place` and the field.
    pub fn validate(&self, place: &str, dialect: &Dialect) -> Result<()> {
        match self {
            Self::Energy(prior) => prior.validate(place),
            Self::Spectral(prior) => prior.validate(place),
            Self::Stft => Stft::validate(place, dialect),
        }
    }

    /// Values of x per mel frame.
    pub fn frame_values(&self, dialect: &Dialect) -> usize {
        match self {
            Self::Energy(_) | Self::Spectral(_) => dialect.hop,
            Self::Stft => Stft::frame_values(dialect),
        }
    }

    /// Mel frames on either side of a sample's own that reach it through the prior.
    pub fn reach_frames(&self, dialect: &Dialect) -> usize {
        match self {
            Self::Energy(_) => 0,
            Self::Spectral(prior) => prior.reach_frames(dialect.hop),
            Self::Stft => Stft::reach_frames(dialect),
        }
    }

    /// Mel frames after a frame's own that encoding the audio under it looks at, beyond what lies under its window.
    pub fn encoder_frames(&self, dialect: &Dialect) -> usize {
        match self {
            Self::Energy(_) | Self::Spectral(_) => self.reach_frames(dialect),
            Self::Stft => 0,
        }
    }

    /// Whether what is sampled is audio, and has a full scale.
    pub fn has_full_scale(&self) -> bool {
        matches!(self, Self::Energy(_))
    }

    /// The domain of a model with this prior and mel frames of `dialect`.
    pub fn domain(&self, dialect: &Dialect) -> Box<dyn Domain> {
        match self {
            Self::Energy(prior) => Box::new(Waveform::with_prior(*prior, dialect)),
            Self::Spectral(prior) => Box::new(Whitened::new(*prior, dialect)),
            Self::Stft => Box::new(Stft::new(dialect)),
        }
    }
}
