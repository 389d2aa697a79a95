//! Remel, a real-time diffusion vocoder.
//!
//! Audio becomes mel frames, and a diffusion model synthesizes it anew from noise. The modules follow the way of the data:
//! [`audio`] → [`mel`] → windows ([`render`]) → [`diffusion`] with a [`network`] (on the CPU, its [`kernel`]) in its
//! [`domain`], which a [`model`] brings together and a [`vocoder`] runs → audio, which [`compare`] measures. [`stream`] does
//! the same chunk by chunk under an audio callback, to which `osc`, a feature, brings mel frames from elsewhere, and [`live`] has that for
//! programs of one's own. `train`, another feature, makes the models.
//!
//! A clip becomes mel frames, and those another sound of the same length:
//!
//! ```
//! use std::path::Path;
//! use std::sync::Arc;
//!
//! use remel::audio::Audio;
//! use remel::checkpoint::Bundled;
//! use remel::network::Backend;
//! use remel::vocoder::{FileRequest, Vocoder};
//!
//! # fn main() -> remel::Result<()> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let out = folder.path().join("out.wav");
//! let mut vocoder = Vocoder::new(Arc::new(Bundled::Small.model()), &Backend::Cpu)?;
//! let input = Audio::read(Path::new("assets/demo/voice.wav"))?;
//! let output = vocoder.vocode(&input, None, None, &FileRequest::default(), &mut |_, _| ())?;
//! assert_eq!((output.samples(), output.rate_hz), (input.samples(), 24_000));
//! output.write_wav(&out)
//! # }
//! ```
#![recursion_limit = "512"]

mod error;

pub mod audio;
pub mod checkpoint;
pub mod choice;
pub mod compare;
pub mod diffusion;
pub mod domain;
pub mod kernel;
pub mod live;
pub mod mel;
pub mod model;
pub mod network;
#[cfg(feature = "osc")]
pub mod osc;
pub mod render;
#[cfg(feature = "pictures")]
pub mod spectrogram;
pub mod stream;
#[cfg(feature = "train")]
pub mod train;
pub mod vocoder;

#[cfg(test)]
#[path = "../tests/random/mod.rs"]
mod random;

pub use error::{Error, Result};
