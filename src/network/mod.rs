//! Networks, a folder each: a plain configuration, and the forms that compute it. Beside them what all of them share:
//! weights at rest, and the places that networks run on.

mod backend;
#[cfg(feature = "burn")]
mod burn;
pub mod diffwave;
#[cfg(feature = "gpu")]
mod gpu;
mod layout;
mod weights;

pub use backend::Backend;
pub use diffwave::{DiffWaveConfig, Variant};
#[cfg(feature = "gpu")]
pub use gpu::Gpu;
pub use layout::{Conditioner, Layout, Rows};
pub use weights::{Tensor, Weights};
