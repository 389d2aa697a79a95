//! DiffWave on the CPU, in real time on two cores.
//!
//! Activations lie sample by sample with their channels side by side, so that any dilation is a choice of rows; a block's
//! tiles go through Winograd's F(6,3) along the dilated lattice, which leaves four of nine multiplications of a 3-tap
//! convolution. In the order of the data: `upsampler` and `conditioner` once per batch, then per evaluation `step`,
//! `ends`, `layer` (with `lattice` and `edges`), `ends`; `network` runs them, and `denoiser` is what samplers see.

mod blocks;
mod conditioner;
mod denoiser;
mod edges;
mod ends;
mod input;
mod label;
mod lattice;
mod layer;
mod network;
mod packed;
mod step;
mod upsampler;
mod winograd;

pub use denoiser::DiffWaveCpu;
