//! DiffWave (Kong et al., ICLR 2021): a WaveNet that predicts noise, all samples at once.

#[cfg(feature = "train")]
pub mod amx;
#[cfg(feature = "burn")]
pub mod burn;
mod config;
pub mod cpu;
mod embedding;
pub(crate) mod names;

pub use config::{DiffWaveConfig, Variant};
pub use embedding::embedding_row;

use crate::Result;
use crate::diffusion::Denoiser;
use crate::network::{Backend, Weights};

impl DiffWaveConfig {
    /// Places a network with these (validated) weights on `backend`; on the CPU, `threads` threads compute it, the
    /// caller's being one of them.
    ///
    /// # Errors
    /// Where the device does not answer, the system gives no thread, or this build has no form of the network for it.
    pub fn denoiser(&self, weights: &Weights, backend: &Backend, threads: usize) -> Result<Box<dyn Denoiser>> {
        match backend {
            #[cfg(feature = "burn")]
            backend if self.learned_variance || *backend != Backend::Cpu => {
                Ok(Box::new(burn::DiffWaveBurn::new(self, weights, backend)?))
            }
            _ => Ok(Box::new(cpu::DiffWaveCpu::new(self, weights, threads)?)),
        }
    }
}
