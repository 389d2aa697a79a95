//! DiffWave on the GPU: two kernels once per batch for the conditioner, then per evaluation one for the input, one for every
//! residual layer and two for the output.

mod batch;
mod conditioner;
mod denoiser;
mod levels;
mod network;

pub use denoiser::DiffWaveGpu;
