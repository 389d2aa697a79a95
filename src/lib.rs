//! Remel, a real-time diffusion vocoder.
//!
//! Audio becomes mel frames, and a diffusion model synthesizes it anew from noise. The modules follow the
//! way of the data: [`audio`] → [`mel`] → [`diffusion`] with a [`network`] (on the CPU, over a [`kernel`]) and
//! a [`prior`], and last its [`phase`] → [`vocoder`] → audio, which [`compare`] measures; [`stream`] does the same chunk by chunk under an
//! audio callback. `train`, a feature, makes the models.
#![recursion_limit = "512"]

mod error;

pub mod audio;
pub mod checkpoint;
pub mod compare;
pub mod diffusion;
pub mod kernel;
pub mod mel;
pub mod model;
pub mod network;
pub mod phase;
pub mod prior;
pub mod stream;
#[cfg(feature = "train")]
pub mod train;
pub mod vocoder;

pub use error::{Error, Result};
