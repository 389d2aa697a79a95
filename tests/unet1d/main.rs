//! UNet1d against audio-diffusion-pytorch.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod cases;
#[cfg(feature = "train-gpu")]
#[path = "../device/mod.rs"]
mod device;
#[path = "../difference/mod.rs"]
mod difference;
#[cfg(feature = "train")]
mod losses;
mod parity;
