//! BandWave in burn: on any device, and with gradients.

mod denoiser;
mod forward;
mod layer;

pub use denoiser::BandWaveBurn;
pub use forward::{BandWave, Inputs};
