//! The network on the GPU as samplers see it.

use super::batch::Batch;
use crate::Result;
use crate::diffusion::{Denoiser, History, Way, WholeDenoiser};
use crate::mel::Mel;
use crate::network::Weights;
use crate::network::gpu::{Calls, Device, Gpu};
use crate::network::wavegrad::config::WaveGradConfig;

/// Most samples of a batch: some fifty layers of them are there at once.
const MOST_SAMPLES: usize = 1 << 17;

/// A WaveGrad network on a GPU.
pub struct WaveGradGpu {
    calls: Calls,
    batch: Batch,
}

impl WaveGradGpu {
    /// Places a network with these (validated) weights on `gpu`.
    ///
    /// # Errors
    /// Where the device does not open.
    pub fn new(config: &WaveGradConfig, weights: &Weights, gpu: &Gpu) -> Result<Self> {
        let device = Device::open(gpu)?;
        let batch = Batch::new(&device, config, weights);
        let calls = Calls::new(&device);
        device.check()?;
        device.keep_kernels();
        Ok(Self { calls, batch })
    }
}

impl Denoiser for WaveGradGpu {
    fn condition(&mut self, mels: &[&Mel], samples: usize) -> Result<()> {
        self.batch.condition(self.calls.device(), mels, samples)?;
        self.calls.device().check()
    }

    fn windows_at_once(&self, values: usize) -> usize {
        (MOST_SAMPLES / values.max(1)).max(1)
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        self.calls.predict(&mut self.batch, x, level, (eps, 0), &mut []).map(|_| ())
    }

    fn whole(&mut self, evaluations: usize) -> Option<&mut dyn WholeDenoiser> {
        Calls::takes(&self.batch, evaluations).then_some(self)
    }
}

impl WholeDenoiser for WaveGradGpu {
    fn sample(&mut self, way: Way, x: &mut [f32], histories: &mut [&mut [History]]) -> Result<()> {
        self.calls.sample(&mut self.batch, &way, x, histories)
    }
}
