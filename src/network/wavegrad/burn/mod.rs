//! WaveGrad in burn: on any device, and with gradients.

mod convolution;
mod denoiser;
mod forward;

pub use denoiser::WaveGradBurn;
pub use forward::WaveGrad;
