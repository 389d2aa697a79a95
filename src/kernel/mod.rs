//! The CPU engine: DiffWave in real time on two cores.
//!
//! The same network as [`crate::network`], computed layer by layer over blocks of time. Activations lie sample by
//! sample with their channels side by side, so that any dilation is a choice of rows; a block's tiles go through
//! Winograd's F(6,3) along the dilated lattice, which leaves four of nine multiplications of a 3-tap convolution. One
//! body (`stage`) is compiled for every instruction set and chosen at run time.

mod buffer;
mod conditioner;
mod denoiser;
mod denormals;
mod engine;
mod gate;
mod history;
mod instruction_set;
mod label;
mod lanes;
mod layer;
mod matrix;
mod packed;
mod part;
mod pool;
mod prefetch;
mod priority;
mod rows;
mod stage;
mod step;
#[cfg(all(feature = "train", target_arch = "x86_64", target_os = "linux"))]
pub mod tiles;
mod upsampler;
mod winograd;

pub use denoiser::KernelDenoiser;
pub use denormals::flush_denormals;
pub use instruction_set::InstructionSet;
pub use priority::raise_priority;

/// Whether this machine has a tile unit for bf16 (Intel's AMX), and its system (Linux) gives it to this process.
#[cfg(feature = "train")]
pub fn has_tile_unit() -> bool {
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    return tiles::is_available();
    #[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
    false
}
