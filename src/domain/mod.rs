//! What networks diffuse, and the way there and back: audio as it is, or whitened by what the mel frames say of it.
//!
//! A domain knows mel frames and audio, and no network. After decoding, phases may be reconstructed ([`phase`]).

mod coding;
mod energy;
mod filter;
pub mod phase;
mod prior;
mod spectral;
mod waveform;
mod whitened;

pub use coding::Domain;
pub(crate) use coding::limit;
pub use energy::EnergyPrior;
pub use filter::SpectralFilter;
pub use prior::Prior;
pub use spectral::SpectralPrior;
pub use waveform::Waveform;
pub use whitened::Whitened;
