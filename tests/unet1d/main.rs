//! UNet1d against audio-diffusion-pytorch.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod cases;
#[cfg(feature = "train")]
mod losses;
mod parity;
#[cfg(feature = "train-gpu")]
#[path = "../skipped/mod.rs"]
mod skipped;
