//! BandWave on the GPU: two kernels once per batch for what conditions it, then per evaluation one for the bands, one for every
//! layer, and one for the spectra.

mod batch;
mod denoiser;
mod ends;
mod levels;
mod network;

pub use denoiser::BandWaveGpu;
