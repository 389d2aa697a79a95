//! The network on the CPU as samplers see it.

use super::network::Network;
use crate::diffusion::{CausalDenoiser, Denoiser, History, Prediction};
use crate::kernel::{DenormalsFlushed, InstructionSet};
use crate::mel::{Dialect, Mel};
use crate::network::Weights;
use crate::network::bandwave::config::BandWaveConfig;
use crate::{Error, Result};

/// A BandWave network on the CPU.
pub struct BandWaveCpu {
    network: Network,
    look_ahead: usize,
}

impl BandWaveCpu {
    /// Packs a network with these (validated) weights, conditioned on mel frames of `dialect`, for `threads` threads, the
    /// caller's being one of them, in the best instruction set or the one that the environment variable `REMEL_KERNEL` names.
    ///
    /// # Errors
    /// Where the variable names no instruction set of this machine, and as [`Self::with_instruction_set`] has it.
    pub fn new(config: &BandWaveConfig, weights: &Weights, dialect: &Dialect, threads: usize) -> Result<Self> {
        Self::with_instruction_set(config, weights, dialect, threads, InstructionSet::chosen()?)
    }

    /// The same in a given instruction set.
    ///
    /// # Errors
    /// Where this machine does not have it, or the system refuses a thread.
    pub fn with_instruction_set(
        config: &BandWaveConfig,
        weights: &Weights,
        dialect: &Dialect,
        threads: usize,
        set: InstructionSet,
    ) -> Result<Self> {
        let network = Network::new(config, weights, dialect, threads, set)?;
        Ok(Self { network, look_ahead: config.look_ahead })
    }

    /// The instruction set that it computes in.
    pub fn instruction_set(&self) -> InstructionSet {
        self.network.instruction_set()
    }

    /// Refuses signals and histories that do not fit the batch.
    fn check(&self, x: &[f32], x0: &[f32], histories: &[&mut History]) -> Result<()> {
        let (windows, frames) = self.network.batch();
        let values = windows * frames * self.network.config().frame_values();
        let refused = |field: &str, found, expected| Err(Error::invalid("CPU engine", field, found, expected));
        for (field, found) in [("values of x", x.len()), ("values of x0", x0.len())] {
            if found != values {
                return refused(field, found, values);
            }
        }
        if histories.is_empty() {
            return Ok(());
        }
        if histories.len() != windows {
            return refused("histories", histories.len(), windows);
        }
        let values = self.network.history_values();
        match histories.iter().map(|history| history.values().len()).find(|found| *found != values) {
            Some(found) => refused("values of a history", found, values),
            None => Ok(()),
        }
    }
}

impl Denoiser for BandWaveCpu {
    fn predicts(&self) -> Prediction {
        Prediction::Signal
    }

    fn look_ahead(&mut self, frames: usize) {
        self.look_ahead = frames;
    }

    fn condition(&mut self, mels: &[&Mel], values: usize) -> Result<()> {
        self.condition_after(mels, 0, values)
    }

    fn predict(&mut self, x: &[f32], level: f32, x0: &mut [f32]) -> Result<()> {
        self.predict_after(x, level, x0, &mut [])
    }

    fn side_by_side(&self) -> Result<Vec<Box<dyn Denoiser>>> {
        let another = |_| -> Result<Box<dyn Denoiser>> {
            Ok(Box::new(Self { network: self.network.beside()?, look_ahead: self.look_ahead }))
        };
        match self.network.threads() {
            1 => Ok(Vec::new()),
            threads => (0..threads).map(another).collect(),
        }
    }

    fn causal(&mut self) -> Option<&mut dyn CausalDenoiser> {
        Some(self)
    }
}

impl CausalDenoiser for BandWaveCpu {
    fn new_history(&self) -> History {
        History::zeros(self.network.history_values())
    }

    fn condition_after(&mut self, mels: &[&Mel], skip: usize, values: usize) -> Result<()> {
        let _flushed = DenormalsFlushed::here();
        let config = self.network.config();
        let [skip, frames] = [skip, values].map(|values| values / config.frame_values());
        let fits = |mel: &&Mel| mel.n_mels() == config.n_mels && skip + frames <= mel.frames();
        if let Some(mel) = mels.iter().find(|mel| !fits(mel)) {
            let found = format!("{} frames of {} bands", mel.frames(), mel.n_mels());
            let expected = format!("at least {} of {}", skip + frames, config.n_mels);
            return Err(Error::invalid("CPU engine", "mel", found, expected));
        }
        self.network.condition(mels, skip, frames, self.look_ahead);
        Ok(())
    }

    fn predict_after(
        &mut self,
        x: &[f32],
        level: f32,
        x0: &mut [f32],
        histories: &mut [&mut History],
    ) -> Result<()> {
        let _flushed = DenormalsFlushed::here();
        self.check(x, x0, histories)?;
        self.network.predict(x, level, x0, histories);
        Ok(())
    }
}
