//! What networks diffuse, and the way there and back: audio as it is, audio whitened by what the mel frames say of it, or
//! its spectra so whitened.
//!
//! A domain knows mel frames and audio, and no network. After decoding, phases may be reconstructed ([`phase`]).

mod coding;
mod energy;
mod filter;
pub mod phase;
mod prior;
mod spectral;
mod stft;
mod waveform;
mod whitened;

pub(crate) use coding::limit;
pub use coding::{Domain, Fit};
pub use energy::EnergyPrior;
pub use filter::SpectralFilter;
pub use prior::Prior;
pub use spectral::SpectralPrior;
pub use stft::Stft;
pub use waveform::Waveform;
pub use whitened::Whitened;
