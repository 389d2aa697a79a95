//! Remel, a real-time diffusion vocoder.
#![recursion_limit = "512"]

mod error;

pub mod audio;
pub mod compare;
pub mod mel;

pub use error::{Error, Result};
