//! Networks, a folder each: a plain configuration, and the forms that compute it. Beside them what all of them share:
//! weights at rest, and the places that networks run on.
//!
//! Adding one: its folder, a line here, and in `kind` its variant.

mod backend;
pub mod bandwave;
#[cfg(feature = "burn")]
mod burn;
mod cache_folder;
mod config;
pub mod diffwave;
#[cfg(feature = "gpu")]
mod gpu;
mod kind;
mod layout;
pub mod unet1d;
pub mod wavegrad;
mod weights;

pub use backend::Backend;
pub use bandwave::{BandGroup, BandWaveConfig, BandWaveSizes};
pub use cache_folder::{CACHE_VARIABLE, cache_folder};
pub use config::{LevelKind, NetworkConfig};
pub use diffwave::{DiffWaveConfig, Variant};
#[cfg(feature = "gpu")]
pub use gpu::{Gpu, GpuWork};
pub use kind::Network;
pub use layout::{Conditioner, Layout, Rows};
pub use unet1d::UNet1dConfig;
pub use wavegrad::WaveGradConfig;
pub use weights::{Tensor, Weights};
