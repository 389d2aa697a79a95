//! The network on the GPU as samplers see it.

use std::sync::Arc;

use super::levels::Levels;
use super::network::Network;
use crate::diffusion::{CausalDenoiser, Denoiser, History};
use crate::mel::Mel;
use crate::network::Weights;
use crate::network::diffwave::config::DiffWaveConfig;
use crate::network::gpu::{Arena, Device, Gpu, Histories, Recording, Storage, replace};
use crate::{Error, Result};

/// Most values of a batch's rows: what lies between two layers takes four bytes for each.
const MOST_VALUES: usize = 1 << 25;

/// A DiffWave network on a GPU.
pub struct DiffWaveGpu {
    device: Arc<Device>,
    network: Network,
    levels: Levels,
    labels: Vec<Option<usize>>,
    windows: usize,
    samples: usize,
    /// `[windows · samples, bands]`
    conditioner: Option<Storage>,
    arena: Arena,
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
        let network = Network::new(&device, config, weights)?;
        device.check()?;
        device.keep_kernels();
        Ok(Self {
            network,
            levels: Levels::new(config, weights),
            labels: Vec::new(),
            windows: 0,
            samples: 0,
            conditioner: None,
            arena: Arena::default(),
            variances: None,
            device,
        })
    }

    /// What is added in every layer of every window at `level`.
    fn level_values(&mut self, level: f32) -> Vec<f32> {
        let (channels, gated) = (self.network.config.channels, &self.network.gated);
        let mut values = Vec::with_capacity(self.windows * gated.level_values());
        let steps = self.levels.steps(level).to_vec();
        for window in 0..self.windows {
            let sums = self.levels.sums(self.labels.get(window).copied().flatten());
            for (step, sums) in steps.chunks_exact(channels).zip(&sums) {
                gated.push_levels(&mut values, step, sums);
            }
        }
        values
    }
}

impl Denoiser for DiffWaveGpu {
    fn label(&mut self, labels: &[Option<usize>]) -> Result<()> {
        self.network.config.check_labels(labels, labels.len())?;
        self.labels = labels.to_vec();
        Ok(())
    }

    fn condition(&mut self, mels: &[&Mel], samples: usize) -> Result<()> {
        self.condition_after(mels, 0, samples)
    }

    fn windows_at_once(&self, values: usize) -> usize {
        (MOST_VALUES / (values * self.network.width()).max(1)).max(1)
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        self.predict_after(x, level, eps, &mut [])
    }

    fn variances(&self) -> Option<&[f32]> {
        self.variances.as_deref()
    }

    fn causal(&mut self) -> Option<&mut dyn CausalDenoiser> {
        if self.network.config.causal { Some(self) } else { None }
    }
}

impl CausalDenoiser for DiffWaveGpu {
    fn new_history(&self) -> History {
        Histories::nothing(&self.device, self.network.history_values)
    }

    fn condition_after(&mut self, mels: &[&Mel], skip: usize, samples: usize) -> Result<()> {
        self.network.config.check_labels(&self.labels, mels.len())?;
        (self.windows, self.samples) = (mels.len(), samples);
        let Some(conditioner) = &self.network.conditioner else { return Ok(()) };
        let mut recording = Recording::new(&self.device);
        self.conditioner = Some(conditioner.record(&mut recording, &self.device, mels, [skip, samples]));
        recording.submit();
        self.device.check()
    }

    fn predict_after(
        &mut self,
        x: &[f32],
        level: f32,
        eps: &mut [f32],
        histories: &mut [&mut History],
    ) -> Result<()> {
        let rows = self.windows * self.samples;
        for (field, found) in [("samples of x", x.len()), ("samples of eps", eps.len())] {
            if found != rows {
                return Err(Error::invalid("GPU", field, found, rows));
            }
        }
        if rows == 0 {
            return Ok(());
        }
        let levels = self.level_values(level);
        let device = &self.device;
        self.arena.begin();
        let (x, levels) = (device.storage_of(x), device.storage_of(&levels));
        let mut recording = Recording::new(device);
        let gathered = Histories::gathered(&mut recording, device, histories, self.network.history_values)?;
        let batch = [self.windows, self.samples];
        let kept = gathered.as_ref().map(Histories::storages);
        let conditioner = self.conditioner.as_ref();
        let arena = &mut self.arena;
        let predicted = self.network.record(&mut recording, arena, batch, [&x, &levels], conditioner, kept);
        let after = gathered.map(|gathered| gathered.scattered(&mut recording, device, self.windows));
        let mut found = recording.read(&predicted, self.network.outputs() * rows)?;
        replace(histories, after.unwrap_or_default());
        eps.copy_from_slice(&found[..rows]);
        // From −1 to 1, as Nichol and Dhariwal have it, so that an untrained network says the middle.
        let variances = found.split_off(rows);
        self.variances = (!variances.is_empty()).then(|| variances.iter().map(|v| (v + 1.0) * 0.5).collect());
        Ok(())
    }
}
