//! WaveGrad on the CPU.
//!
//! Activations lie row by row with their channels side by side, so that any tap is a choice of rows, and so is taking the
//! nearest row of another rate: where that is how rates change, taps that fall on one row are one. In a
//! call `network` runs `down` and `up` over one part of a window after another; `product` is every convolution with what
//! becomes of its sums, of `convolution`s that `packed` packs, `rates` brings rows to other rates, `plane`s are what they work
//! on, and `denoiser` is what samplers see.

mod convolution;
mod denoiser;
mod down;
mod network;
mod packed;
mod plane;
mod product;
mod rates;
mod up;

pub use denoiser::WaveGradCpu;
