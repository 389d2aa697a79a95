//! Remel, a real-time diffusion vocoder.
//!
//! Audio becomes mel frames, and a diffusion model synthesizes it anew from noise. The modules follow the
//! way of the data: [`audio`] → [`mel`] → [`diffusion`] (with a network on some device) → [`vocoder`], and
//! [`stream`] does the same chunk by chunk under an audio callback.
#![recursion_limit = "512"]

mod error;

pub mod diffusion;
pub mod mel;
pub mod stream;

pub use error::{Error, Result};
