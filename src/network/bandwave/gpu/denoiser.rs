//! The network on the GPU as samplers see it.

use std::sync::Arc;

use super::levels::Levels;
use super::network::{Network, Told};
use crate::diffusion::{CausalDenoiser, Denoiser, History, Prediction};
use crate::mel::{Dialect, Mel};
use crate::network::Weights;
use crate::network::bandwave::conditioning::Conditioning;
use crate::network::bandwave::config::BandWaveConfig;
use crate::network::gpu::{Arena, Device, Gpu, Histories, Recording, replace};
use crate::{Error, Result};

/// Most values of a batch's tokens: what lies between two layers takes four bytes for each.
const MOST_VALUES: usize = 1 << 25;

/// A BandWave network on a GPU.
pub struct BandWaveGpu {
    device: Arc<Device>,
    network: Network,
    levels: Levels,
    conditioning: Conditioning,
    look_ahead: usize,
    windows: usize,
    frames: usize,
    told: Option<Told>,
    arena: Arena,
}

impl BandWaveGpu {
    /// Places a network with these (validated) weights, conditioned on mel frames of `dialect`, on `gpu`.
    ///
    /// # Errors
    /// Where the device does not open, or the network is too wide for it.
    pub fn new(config: &BandWaveConfig, weights: &Weights, dialect: &Dialect, gpu: &Gpu) -> Result<Self> {
        let device = Device::open(gpu)?;
        let network = Network::new(&device, config, weights)?;
        device.check()?;
        device.keep_kernels();
        Ok(Self {
            levels: Levels::new(config, weights, &network.gated),
            conditioning: Conditioning::new(config, dialect),
            look_ahead: config.look_ahead,
            windows: 0,
            frames: 0,
            told: None,
            arena: Arena::default(),
            network,
            device,
        })
    }
}

impl Denoiser for BandWaveGpu {
    fn predicts(&self) -> Prediction {
        Prediction::Signal
    }

    fn look_ahead(&mut self, frames: usize) {
        self.look_ahead = frames.min(self.network.config.look_ahead);
    }

    fn condition(&mut self, mels: &[&Mel], values: usize) -> Result<()> {
        self.condition_after(mels, 0, values)
    }

    fn windows_at_once(&self, values: usize) -> usize {
        let config = &self.network.config;
        let frames = values / config.frame_values();
        (MOST_VALUES / (frames * config.tokens() * self.network.gated.width()).max(1)).max(1)
    }

    fn predict(&mut self, x: &[f32], level: f32, x0: &mut [f32]) -> Result<()> {
        self.predict_after(x, level, x0, &mut [])
    }

    fn causal(&mut self) -> Option<&mut dyn CausalDenoiser> {
        Some(self)
    }
}

impl CausalDenoiser for BandWaveGpu {
    fn new_history(&self) -> History {
        Histories::nothing(&self.device, self.network.history_values)
    }

    fn condition_after(&mut self, mels: &[&Mel], skip: usize, values: usize) -> Result<()> {
        let [skip, frames] = [skip, values].map(|values| values / self.network.config.frame_values());
        (self.windows, self.frames) = (mels.len(), frames);
        self.conditioning.clear();
        mels.iter().for_each(|mel| self.conditioning.take(mel, skip..skip + frames, self.look_ahead));
        let Conditioning { log_envelopes, rows, .. } = &self.conditioning;
        let mut recording = Recording::new(&self.device);
        let all = mels.len() * frames;
        self.told = Some(self.network.told(&mut recording, &self.device, all, log_envelopes, rows));
        recording.submit();
        self.device.check()
    }

    fn predict_after(
        &mut self,
        x: &[f32],
        level: f32,
        x0: &mut [f32],
        histories: &mut [&mut History],
    ) -> Result<()> {
        let frames = self.windows * self.frames;
        let values = frames * self.network.config.frame_values();
        for (field, found) in [("values of x", x.len()), ("values of x0", x0.len())] {
            if found != values {
                return Err(Error::invalid("GPU", field, found, values));
            }
        }
        let Some(told) = self.told.as_ref().filter(|_| frames > 0) else { return Ok(()) };
        let device = &self.device;
        self.arena.begin();
        let own = self.levels.of(&self.network.gated, level);
        let (x, levels) = (device.storage_of(x), device.storage_of(&own.repeat(self.windows)));
        let mut recording = Recording::new(device);
        let gathered = Histories::gathered(&mut recording, device, histories, self.network.history_values)?;
        let kept = gathered.as_ref().map(Histories::storages);
        let batch = [self.windows, self.frames];
        let predicted = self.network.record(&mut recording, &mut self.arena, batch, [&x, &levels], told, kept);
        let after = gathered.map(|gathered| gathered.scattered(&mut recording, device, self.windows));
        x0.copy_from_slice(&recording.read(&predicted, values)?);
        replace(histories, after.unwrap_or_default());
        Ok(())
    }
}
