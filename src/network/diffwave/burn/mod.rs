//! DiffWave in burn: on any device, and with gradients.

#[cfg(feature = "train")]
mod activation;
mod affine;
mod denoiser;
mod forward;
mod residual;

pub use denoiser::DiffWaveBurn;
pub use forward::DiffWave;
pub use residual::{ResidualInputs, ResidualLayers};
