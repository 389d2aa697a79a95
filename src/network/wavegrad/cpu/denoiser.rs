//! The network on the CPU as samplers see it.

use super::network::Network;
use crate::diffusion::Denoiser;
use crate::kernel::{DenormalsFlushed, InstructionSet};
use crate::mel::Mel;
use crate::network::Weights;
use crate::network::wavegrad::config::WaveGradConfig;
use crate::{Error, Result};

/// A WaveGrad network on the CPU.
pub struct WaveGradCpu {
    network: Network,
}

impl WaveGradCpu {
    /// Packs a network with these (validated) weights for `threads` threads, the caller's being one of them, in the
    /// best instruction set or the one that the environment variable `REMEL_KERNEL` names.
    ///
    /// # Errors
    /// Where the variable names no instruction set of this machine, and as [`Self::with_instruction_set`] has it.
    pub fn new(config: &WaveGradConfig, weights: &Weights, threads: usize) -> Result<Self> {
        Self::with_instruction_set(config, weights, threads, InstructionSet::chosen()?)
    }

    /// The same in a given instruction set.
    ///
    /// # Errors
    /// Where this machine does not have it, or the system refuses a thread.
    pub fn with_instruction_set(
        config: &WaveGradConfig,
        weights: &Weights,
        threads: usize,
        set: InstructionSet,
    ) -> Result<Self> {
        Ok(Self { network: Network::new(config, weights, threads, set)? })
    }

    /// The instruction set that it computes in.
    pub fn instruction_set(&self) -> InstructionSet {
        self.network.instruction_set()
    }
}

impl Denoiser for WaveGradCpu {
    fn condition(&mut self, mels: &[&Mel], values: usize) -> Result<()> {
        let _flushed = DenormalsFlushed::here();
        self.network.config().check_batch("CPU engine", mels, values)?;
        self.network.condition(mels, values / self.network.config().hop());
        Ok(())
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        let _flushed = DenormalsFlushed::here();
        let (windows, samples) = self.network.batch();
        for (field, found) in [("samples of x", x.len()), ("samples of eps", eps.len())] {
            if found != windows * samples {
                return Err(Error::invalid("CPU engine", field, found, windows * samples));
            }
        }
        self.network.predict(x, level, eps);
        Ok(())
    }
}
