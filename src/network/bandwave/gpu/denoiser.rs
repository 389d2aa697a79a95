//! The network on the GPU as samplers see it.

use std::sync::Arc;

use super::batch::Batch;
use crate::Result;
use crate::diffusion::{CausalDenoiser, Denoiser, History, Prediction, Way, WholeDenoiser};
use crate::mel::{Dialect, FitBank, Mel};
use crate::network::Weights;
use crate::network::bandwave::config::BandWaveConfig;
use crate::network::gpu::{Calls, Device, Gpu, Histories, Recorded, Recording};

/// Most values of a batch's tokens: what lies between two layers takes four bytes for each.
const MOST_VALUES: usize = 1 << 25;

/// A BandWave network on a GPU.
pub struct BandWaveGpu {
    calls: Calls,
    batch: Batch,
}

impl BandWaveGpu {
    /// Places a network with these (validated) weights, conditioned on mel frames of `dialect`, on `gpu`.
    ///
    /// # Errors
    /// Where the device does not open, or the network is too wide for it.
    pub fn new(config: &BandWaveConfig, weights: &Weights, dialect: &Dialect, gpu: &Gpu) -> Result<Self> {
        let device = Device::open(gpu)?;
        let batch = Batch::new(&device, config, weights, dialect)?;
        let mut calls = Calls::new(&device);
        // Compiled before anything sounds.
        calls.prepare_fit(&Arc::new(FitBank::new(dialect)));
        device.check()?;
        device.keep_kernels();
        Ok(Self { calls, batch })
    }
}

impl Denoiser for BandWaveGpu {
    fn predicts(&self) -> Prediction {
        Prediction::Signal
    }

    fn look_ahead(&mut self, frames: usize) {
        self.batch.look_ahead(frames);
    }

    fn condition(&mut self, mels: &[&Mel], values: usize) -> Result<()> {
        self.condition_after(mels, 0, values)
    }

    fn windows_at_once(&self, values: usize) -> usize {
        (MOST_VALUES / self.batch.window_values(values).max(1)).max(1)
    }

    fn predict(&mut self, x: &[f32], level: f32, x0: &mut [f32]) -> Result<()> {
        self.predict_after(x, level, x0, &mut [])
    }

    fn whole(&mut self, evaluations: usize) -> Option<&mut dyn WholeDenoiser> {
        Calls::takes(&self.batch, evaluations).then_some(self)
    }

    fn causal(&mut self) -> Option<&mut dyn CausalDenoiser> {
        Some(self)
    }
}

impl WholeDenoiser for BandWaveGpu {
    fn sample(&mut self, way: Way, x: &mut [f32], histories: &mut [&mut [History]]) -> Result<()> {
        self.calls.sample(&mut self.batch, &way, x, histories)
    }
}

impl CausalDenoiser for BandWaveGpu {
    fn new_history(&self) -> History {
        Histories::nothing(self.calls.device(), self.batch.history_values())
    }

    fn condition_after(&mut self, mels: &[&Mel], skip: usize, values: usize) -> Result<()> {
        let mut recording = Recording::new(self.calls.device());
        self.batch.condition(&mut recording, mels, [skip, values]);
        self.calls.tell(recording)
    }

    fn predict_after(
        &mut self,
        x: &[f32],
        level: f32,
        x0: &mut [f32],
        histories: &mut [&mut History],
    ) -> Result<()> {
        self.calls.predict(&mut self.batch, x, level, (x0, 0), histories).map(|_| ())
    }
}
