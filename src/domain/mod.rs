//! What networks diffuse, and the way there and back: audio as it is, or whitened by what the mel frames say of it.
//!
//! A domain knows mel frames and audio, and no network. After decoding, phases may be reconstructed ([`phase`]).

mod energy;
mod filter;
pub mod phase;
mod spectral;
mod waveform;
mod whitened;

pub use energy::EnergyPrior;
pub use filter::SpectralFilter;
pub use spectral::SpectralPrior;
pub use waveform::Waveform;
pub use whitened::Whitened;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::mel::{Dialect, Mel};

/// What a network diffuses, x: made of audio under its mel frames, and audio again. All of it by whole mel frames.
///
/// Frames are those of the mel that is given along: what lies beyond its ends is taken for silence, so that values
/// within [`Domain::reach_frames`] of an end at which a signal goes on are not its own.
pub trait Domain: Send {
    /// Values of x per mel frame.
    fn frame_values(&self) -> usize;

    /// Mel frames on either side of a frame's own that encoding and decoding look at.
    fn reach_frames(&self) -> usize;

    /// Standard deviation of the noise per value for the frames of `mel`; empty where it is 1.
    fn noise_std(&self, mel: &Mel) -> Vec<f32>;

    /// x for the frames of `mel` of the `audio`, `[frames · hop]`.
    fn encode(&mut self, mel: &Mel, audio: &[f32]) -> Vec<f32>;

    /// The audio of `x` for the frames of `mel`. Both may end within the last frame, at the same place of it.
    fn decode(&mut self, mel: &Mel, x: Vec<f32>) -> Vec<f32>;
}

/// The prior that a model was trained with: what is known of its x before it is sampled, read off the mel frames alone.
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

    /// The domain of a model with this prior and mel frames of `dialect`.
    pub fn domain(&self, dialect: &Dialect) -> Box<dyn Domain> {
        match self {
            Self::Energy(prior) => Box::new(Waveform::with_prior(*prior, dialect)),
            Self::Spectral(prior) => Box::new(Whitened::new(*prior, dialect)),
        }
    }
}

/// Limits samples to full scale.
pub(crate) fn limit(samples: &mut [f32]) {
    samples.iter_mut().for_each(|x| *x = x.clamp(-1.0, 1.0));
}
