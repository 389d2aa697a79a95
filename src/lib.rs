//! Remel, a real-time diffusion vocoder.
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
pub mod stream;

pub use error::{Error, Result};
