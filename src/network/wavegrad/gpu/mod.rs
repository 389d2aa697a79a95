//! WaveGrad on the GPU: a kernel for every convolution, which changes rates and modulates as it reads.

mod batch;
mod denoiser;
mod network;

pub use denoiser::WaveGradGpu;
