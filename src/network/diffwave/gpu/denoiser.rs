//! The network on the GPU as samplers see it.

use super::batch::Batch;
use crate::Result;
use crate::diffusion::{CausalDenoiser, Denoiser, History, Way, WholeDenoiser};
use crate::mel::Mel;
use crate::network::Weights;
use crate::network::diffwave::config::DiffWaveConfig;
use crate::network::gpu::{Calls, Device, Gpu, Histories, Recorded, Recording};

/// Most values of a batch's rows: what lies between two layers takes four bytes for each.
const MOST_VALUES: usize = 1 << 25;

/// A DiffWave network on a GPU.
pub struct DiffWaveGpu {
    calls: Calls,
    batch: Batch,
    /// What the last prediction says of variances, where the network learns them.
    variances: Option<Vec<f32>>,
}

impl DiffWaveGpu {
    /// Places a network with these (validated) weights on `gpu`.
    ///
    /// # Errors
    /// Where the device does not open, or the network is too wide for it.
    pub fn new(config: &DiffWaveConfig, weights: &Weights, gpu: &Gpu) -> Result<Self> {
        let device = Device::open(gpu)?;
        let batch = Batch::new(&device, config, weights)?;
        let calls = Calls::new(&device);
        device.check()?;
        device.keep_kernels();
        Ok(Self { calls, batch, variances: None })
    }
}

impl Denoiser for DiffWaveGpu {
    fn label(&mut self, labels: &[Option<usize>]) -> Result<()> {
        self.batch.label(labels)
    }

    fn condition(&mut self, mels: &[&Mel], samples: usize) -> Result<()> {
        self.condition_after(mels, 0, samples)
    }

    fn windows_at_once(&self, values: usize) -> usize {
        (MOST_VALUES / self.batch.window_values(values).max(1)).max(1)
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        self.predict_after(x, level, eps, &mut [])
    }

    fn variances(&self) -> Option<&[f32]> {
        self.variances.as_deref()
    }

    fn whole(&mut self, evaluations: usize) -> Option<&mut dyn WholeDenoiser> {
        // Variances are for the sampler to read after each.
        (!self.batch.learns_variances() && Calls::takes(&self.batch, evaluations)).then_some(self)
    }

    fn causal(&mut self) -> Option<&mut dyn CausalDenoiser> {
        if self.batch.is_causal() { Some(self) } else { None }
    }
}

impl WholeDenoiser for DiffWaveGpu {
    fn sample(&mut self, way: Way, x: &mut [f32], histories: &mut [&mut [History]]) -> Result<()> {
        self.calls.sample(&mut self.batch, &way, x, histories)
    }
}

impl CausalDenoiser for DiffWaveGpu {
    fn new_history(&self) -> History {
        Histories::nothing(self.calls.device(), self.batch.history_values())
    }

    fn condition_after(&mut self, mels: &[&Mel], skip: usize, samples: usize) -> Result<()> {
        let mut recording = Recording::new(self.calls.device());
        self.batch.condition(&mut recording, mels, [skip, samples])?;
        self.calls.tell(recording)
    }

    fn predict_after(
        &mut self,
        x: &[f32],
        level: f32,
        eps: &mut [f32],
        histories: &mut [&mut History],
    ) -> Result<()> {
        let more = if self.batch.learns_variances() { x.len() } else { 0 };
        let variances = self.calls.predict(&mut self.batch, x, level, (eps, more), histories)?;
        // From −1 to 1, as Nichol and Dhariwal have it, so that an untrained network says the middle.
        self.variances = (more > 0).then(|| variances.iter().map(|v| (v + 1.0) * 0.5).collect());
        Ok(())
    }
}
