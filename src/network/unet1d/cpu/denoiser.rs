//! The network on the CPU as samplers see it.

use super::network::Network;
use crate::diffusion::{Condition, Denoiser};
use crate::kernel::{DenormalsFlushed, InstructionSet};
use crate::mel::Mel;
use crate::network::Weights;
use crate::network::unet1d::config::UNet1dConfig;
use crate::{Error, Result};

/// A UNet1d network on the CPU.
pub struct UNet1dCpu {
    network: Network,
    condition: Condition,
    /// Values of a window.
    values: usize,
}

impl UNet1dCpu {
    /// Packs a network with these (validated) weights for `threads` threads, the caller's being one of them, in the
    /// best instruction set or the one that the environment variable `REMEL_KERNEL` names.
    ///
    /// # Errors
    /// Where the variable names no instruction set of this machine, or the system refuses a thread.
    pub fn new(config: &UNet1dConfig, weights: &Weights, threads: usize) -> Result<Self> {
        Self::with_instruction_set(config, weights, threads, InstructionSet::chosen()?)
    }

    /// The same in a given instruction set.
    ///
    /// # Errors
    /// Where this machine does not have it, or the system refuses a thread.
    pub fn with_instruction_set(
        config: &UNet1dConfig,
        weights: &Weights,
        threads: usize,
        set: InstructionSet,
    ) -> Result<Self> {
        let network = Network::new(config, weights, threads, set)?;
        Ok(Self { network, condition: Condition::default(), values: 0 })
    }

    /// One call of the network: from `x`, `[in_channels, samples]`, at level `t` to its prediction, `[out_channels, samples]`.
    ///
    /// # Errors
    /// Where `condition` is not what the network is conditioned on.
    pub fn call(&mut self, x: &[f32], t: f32, condition: &Condition) -> Result<Vec<f32>> {
        let _flushed = DenormalsFlushed::here();
        let config = self.network.config();
        config.check_condition(condition)?;
        let samples = config.check_window(x.len())?;
        config.check_lengths(condition, samples)?;
        let mut output = vec![0.0; config.outputs() * samples];
        self.network.predict(x, t, condition, &mut output);
        Ok(output)
    }
}

impl Denoiser for UNet1dCpu {
    fn tell(&mut self, condition: &Condition) -> Result<()> {
        self.network.config().check_condition(condition)?;
        self.condition = condition.clone();
        Ok(())
    }

    fn condition(&mut self, _: &[&Mel], values: usize) -> Result<()> {
        let config = self.network.config();
        config.check_diffusion()?;
        config.check_condition(&self.condition)?;
        config.check_lengths(&self.condition, config.check_window(values)?)?;
        self.values = values;
        Ok(())
    }

    /// A window by itself: nothing is won by several.
    fn windows_at_once(&self, _: usize) -> usize {
        1
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        let _flushed = DenormalsFlushed::here();
        if x.len() != eps.len() || self.values == 0 || !x.len().is_multiple_of(self.values) {
            let expected = format!("windows of {}", self.values);
            return Err(Error::invalid("UNet1d", "values of x", x.len(), expected));
        }
        for (x, eps) in x.chunks_exact(self.values).zip(eps.chunks_exact_mut(self.values)) {
            self.network.predict(x, level, &self.condition, eps);
        }
        Ok(())
    }
}
