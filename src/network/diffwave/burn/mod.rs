//! DiffWave in burn: on any device, and with gradients.

mod affine;
mod denoiser;
mod forward;
mod residual;

pub use denoiser::DiffWaveBurn;
pub use forward::DiffWave;
pub use residual::{ResidualInputs, ResidualLayers};
