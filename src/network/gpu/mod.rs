//! The GPU, through wgpu: devices, kernels in WGSL, and what of both the networks share.
//!
//! A network records the kernels of a prediction ([`Recording`]), or of a whole sampling ([`Calls`]), and hands them over at once,
//! so that the driver is called as rarely as can be. `gated` is the layer that DiffWave and BandWave are made of, `convolution` all else that is a matrix product.

mod adapters;
mod arena;
mod cache;
mod calls;
mod convolution;
mod device;
mod fit;
mod gated;
mod kernel;
mod packing;
mod placed;
mod recording;
mod storage;

pub use adapters::{Gpu, all};
pub(crate) use arena::Arena;
pub(crate) use calls::{Calls, Recorded};
pub(crate) use convolution::{Convolution, ConvolutionBuffers, ConvolutionShape, Rate, Side};
pub(crate) use device::Device;
pub use device::GpuWork;
pub(crate) use gated::{Gated, GatedBuffers, GatedLayer, GatedShape, Neighbours};
pub(crate) use kernel::{Access, Kernel};
pub(crate) use packing::{padded, push_padded};
pub(crate) use placed::Histories;
pub(crate) use recording::Recording;
pub(crate) use storage::Storage;
