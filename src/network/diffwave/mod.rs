//! DiffWave (Kong et al., ICLR 2021): a WaveNet that predicts noise, all samples at once.

mod affine;
#[cfg(feature = "train")]
mod at_once;
mod config;
mod embedding;
mod forward;
#[cfg(feature = "train")]
mod gate;

#[cfg(feature = "train")]
pub use at_once::{ResidualInputs, ResidualLayers};
pub use config::{DiffWaveConfig, Variant};
pub use embedding::embedding_row;
pub use forward::DiffWave;
