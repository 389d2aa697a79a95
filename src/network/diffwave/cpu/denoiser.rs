//! The network on the CPU as samplers see it.

use super::network::Network;
use crate::diffusion::{CausalDenoiser, Denoiser, History};
use crate::kernel::{DenormalsFlushed, InstructionSet};
use crate::mel::Mel;
use crate::network::Weights;
use crate::network::diffwave::config::DiffWaveConfig;
use crate::{Error, Result};

/// A DiffWave network on the CPU.
pub struct DiffWaveCpu {
    network: Network,
}

impl DiffWaveCpu {
    /// Packs a network with these (validated) weights for `threads` threads, the caller's being one of them, in the
    /// best instruction set or the one that the environment variable `REMEL_KERNEL` names.
    ///
    /// # Errors
    /// Where the variable names no instruction set of this machine, and as [`Self::with_instruction_set`] has it.
    pub fn new(config: &DiffWaveConfig, weights: &Weights, threads: usize) -> Result<Self> {
        Self::with_instruction_set(config, weights, threads, InstructionSet::chosen()?)
    }

    /// The same in a given instruction set.
    ///
    /// # Errors
    /// Where this machine does not have it, the system refuses a thread, or the network learns variances.
    pub fn with_instruction_set(
        config: &DiffWaveConfig,
        weights: &Weights,
        threads: usize,
        set: InstructionSet,
    ) -> Result<Self> {
        config.require_fixed_variances("CPU engine")?;
        Ok(Self { network: Network::new(config, weights, threads, set)? })
    }

    /// The same with at most `bytes` of memory for projected conditioners, in place of 256 MiB. What finds no room in it
    /// is projected with every step, to the same numbers.
    pub fn with_conditioner_bytes(mut self, bytes: usize) -> Self {
        self.network.limit_conditioners(bytes);
        self
    }

    /// The instruction set that it computes in.
    pub fn instruction_set(&self) -> InstructionSet {
        self.network.instruction_set()
    }

    /// Refuses signals and histories that do not fit the batch.
    fn check(&self, x: &[f32], eps: &[f32], histories: &[&mut History]) -> Result<()> {
        let (windows, samples) = self.network.batch();
        let config = self.network.config();
        config.check_labels(self.network.labels(), windows)?;
        let rows = windows * samples;
        let refused = |field: &str, found, expected| Err(Error::invalid("CPU engine", field, found, expected));
        for (field, found) in [("samples of x", x.len()), ("samples of eps", eps.len())] {
            if found != rows {
                return refused(field, found, rows);
            }
        }
        if histories.is_empty() {
            return Ok(());
        }
        if histories.len() != windows {
            return refused("histories", histories.len(), windows);
        }
        let values = if config.causal { self.network.history_values() } else { 0 };
        match histories.iter().map(|history| history.values().len()).find(|found| *found != values) {
            Some(found) => refused("values of a history", found, values),
            None => Ok(()),
        }
    }
}

impl Denoiser for DiffWaveCpu {
    fn label(&mut self, labels: &[Option<usize>]) -> Result<()> {
        self.network.config().check_labels(labels, labels.len())?;
        self.network.label(labels);
        Ok(())
    }

    fn condition(&mut self, mels: &[&Mel], samples: usize) -> Result<()> {
        self.condition_after(mels, 0, samples)
    }

    fn windows_at_once(&self, values: usize) -> usize {
        self.network.windows_at_once(values)
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        self.predict_after(x, level, eps, &mut [])
    }

    fn causal(&mut self) -> Option<&mut dyn CausalDenoiser> {
        if self.network.config().causal { Some(self) } else { None }
    }
}

impl CausalDenoiser for DiffWaveCpu {
    fn new_history(&self) -> History {
        History::zeros(self.network.history_values())
    }

    fn condition_after(&mut self, mels: &[&Mel], skip: usize, samples: usize) -> Result<()> {
        let _flushed = DenormalsFlushed::here();
        self.network.config().check_labels(self.network.labels(), mels.len())?;
        self.network.condition(mels, skip, samples)
    }

    fn predict_after(
        &mut self,
        x: &[f32],
        level: f32,
        eps: &mut [f32],
        histories: &mut [&mut History],
    ) -> Result<()> {
        let _flushed = DenormalsFlushed::here();
        self.check(x, eps, histories)?;
        self.network.predict(x, level, eps, histories);
        Ok(())
    }
}
