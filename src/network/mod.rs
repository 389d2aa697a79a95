//! Networks: plain configurations and weights, and their form in burn.

mod backend;
mod burn_denoiser;
mod diffwave;
#[cfg(feature = "gpu")]
mod gpu;
mod layout;
mod weights;

pub use backend::Backend;
pub use burn_denoiser::BurnDenoiser;
pub use diffwave::{DiffWave, DiffWaveConfig, Variant, embedding_row};
#[cfg(feature = "train")]
pub use diffwave::{ResidualInputs, ResidualLayers};
#[cfg(feature = "gpu")]
pub use gpu::Gpu;
pub use layout::{Conditioner, Layout, Rows};
pub use weights::{Tensor, Weights};
