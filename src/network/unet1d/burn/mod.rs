//! UNet1d in burn: on any device, and with gradients.

mod affine;
mod denoiser;
mod encoder;
mod forward;
mod layers;
mod parameters;
mod resnet;
mod transformer;

pub use denoiser::UNet1dBurn;
pub use forward::{Told, UNet1d};
