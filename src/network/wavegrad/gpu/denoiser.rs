//! The network on the GPU as samplers see it.

use std::sync::Arc;

use super::network::{Network, Run};
use crate::diffusion::Denoiser;
use crate::mel::Mel;
use crate::network::Weights;
use crate::network::gpu::{Arena, Device, Gpu, Recording, Storage, push_padded};
use crate::network::wavegrad::config::WaveGradConfig;
use crate::network::wavegrad::encoding::encoding;
use crate::{Error, Result};

/// Most samples of a batch: some fifty layers of them are there at once.
const MOST_SAMPLES: usize = 1 << 17;

/// A WaveGrad network on a GPU.
pub struct WaveGradGpu {
    device: Arc<Device>,
    network: Network,
    arena: Arena,
    /// The mel frames of the batch, `[windows, frames, padded bands]`.
    mel: Option<Storage>,
    windows: usize,
    samples: usize,
}

impl WaveGradGpu {
    /// Places a network with these (validated) weights on `gpu`.
    ///
    /// # Errors
    /// Where the device does not open.
    pub fn new(config: &WaveGradConfig, weights: &Weights, gpu: &Gpu) -> Result<Self> {
        let device = Device::open(gpu)?;
        let network = Network::new(&device, config, weights);
        device.check()?;
        device.keep_kernels();
        Ok(Self { network, arena: Arena::default(), mel: None, windows: 0, samples: 0, device })
    }
}

impl Denoiser for WaveGradGpu {
    fn condition(&mut self, mels: &[&Mel], samples: usize) -> Result<()> {
        let config = &self.network.config;
        config.check_batch("GPU", mels, samples)?;
        (self.windows, self.samples) = (mels.len(), samples);
        let mut rows = Vec::new();
        mels.iter().for_each(|mel| push_padded(&mut rows, mel.as_frames(), config.n_mels));
        self.mel = Some(self.device.storage_of(&rows));
        self.device.check()
    }

    fn windows_at_once(&self, values: usize) -> usize {
        (MOST_SAMPLES / values.max(1)).max(1)
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        let expected = self.windows * self.samples;
        for (field, found) in [("samples of x", x.len()), ("samples of eps", eps.len())] {
            if found != expected {
                return Err(Error::invalid("GPU", field, found, expected));
            }
        }
        let Some(mel) = self.mel.as_ref().filter(|_| expected > 0) else { return Ok(()) };
        let (device, config) = (&*self.device, &self.network.config);
        let levels = self.network.film_inputs().map(|channels| {
            let mut row = Vec::new();
            push_padded(&mut row, &encoding(config.formulation, channels, level), channels);
            device.storage_of(&row)
        });
        let levels: Vec<Storage> = levels.collect();
        let x = device.storage_of(x);
        let mut recording = Recording::new(device);
        self.arena.begin();
        let mut run = Run {
            recording: &mut recording,
            arena: &mut self.arena,
            windows: self.windows,
            frames: self.samples / config.hop(),
        };
        let predicted = self.network.record(&mut run, &x, mel, &levels);
        eps.copy_from_slice(&recording.read(&predicted, expected)?);
        Ok(())
    }
}
