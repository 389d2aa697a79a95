//! The network and the batch that it is conditioned on.

use std::sync::Arc;

use super::levels::Levels;
use super::network::Network;
use crate::Result;
use crate::mel::Mel;
use crate::network::Weights;
use crate::network::diffwave::config::DiffWaveConfig;
use crate::network::gpu::{Arena, Device, Recorded, Recording, Storage};

/// A DiffWave network, and the batch that it is conditioned on.
pub(super) struct Batch {
    network: Network,
    levels: Levels,
    labels: Vec<Option<usize>>,
    windows: usize,
    samples: usize,
    /// `[windows · samples, bands]`
    conditioner: Option<Storage>,
    arena: Arena,
}

impl Batch {
    /// No batch yet of a network with these (validated) weights.
    ///
    /// # Errors
    /// Where the network is too wide for the device.
    pub(super) fn new(device: &Device, config: &DiffWaveConfig, weights: &Weights) -> Result<Self> {
        Ok(Self {
            network: Network::new(device, config, weights)?,
            levels: Levels::new(config, weights),
            labels: Vec::new(),
            windows: 0,
            samples: 0,
            conditioner: None,
            arena: Arena::default(),
        })
    }

    /// Sets the classes of the windows that are conditioned from now on.
    ///
    /// # Errors
    /// Where a label is no class of the network.
    pub(super) fn label(&mut self, labels: &[Option<usize>]) -> Result<()> {
        self.network.config.check_labels(labels, labels.len())?;
        self.labels = labels.to_vec();
        Ok(())
    }

    /// Whether the network looks at nothing that comes after.
    pub(super) fn is_causal(&self) -> bool {
        self.network.config.causal
    }

    /// Whether it says more of every sample than its noise.
    pub(super) fn learns_variances(&self) -> bool {
        self.network.outputs() > 1
    }

    /// Values of the rows of a window of so many `samples`.
    pub(super) fn window_values(&self, samples: usize) -> usize {
        samples * self.network.width()
    }

    /// Records what windows of `samples` samples are told that begin after the first `skip` of `mels`.
    ///
    /// # Errors
    /// Where there are not as many labels as windows.
    pub(super) fn condition(
        &mut self,
        recording: &mut Recording,
        mels: &[&Mel],
        [skip, samples]: [usize; 2],
    ) -> Result<()> {
        self.network.config.check_labels(&self.labels, mels.len())?;
        (self.windows, self.samples) = (mels.len(), samples);
        if let Some(conditioner) = &self.network.conditioner {
            let device = Arc::clone(recording.device());
            self.conditioner = Some(conditioner.record(recording, &device, mels, [skip, samples]));
        }
        Ok(())
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

impl Recorded for Batch {
    fn values(&self) -> usize {
        self.windows * self.samples
    }

    fn row_values(&self) -> usize {
        self.window_values(self.values())
    }

    fn history_values(&self) -> usize {
        self.network.history_values
    }

    fn record(
        &mut self,
        recording: &mut Recording,
        x: &Storage,
        level: f32,
        histories: Option<[&Storage; 2]>,
    ) -> Result<Storage> {
        self.arena.begin();
        let levels = self.level_values(level);
        let levels = recording.device().storage_of(&levels);
        let (arena, shape) = (&mut self.arena, [self.windows, self.samples]);
        let conditioner = self.conditioner.as_ref();
        Ok(self.network.record(recording, arena, shape, [x, &levels], conditioner, histories))
    }
}
