//! DiffWave's residual layers forwards and backwards in bf16, on processors with a tile unit (Intel's AMX): training on a CPU
//! at four to six times the speed of `f32` (`cargo bench --features train --bench train`).
//!
//! As in the CPU form for rendering, activations lie sample by sample with their channels side by side; a block of 32
//! samples goes through one layer at a time. Values are kept in bf16 and summed in `f32`. What a layer hands on is its
//! successor's input with the step's projection added, so that every tap of the dilated convolution is a choice of rows.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod backward;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod forward;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod gates;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod matrix;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod memory;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod stack;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod transpose;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod unit;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub use backward::CropGradients;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub use forward::Trace;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub use stack::{CHUNK, CropInputs, ResidualStack};

/// Whether this machine has a tile unit for bf16, and its system (Linux) gives it to this process.
pub fn is_available() -> bool {
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    return unit::TileUnit::claim().is_some();
    #[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
    false
}
