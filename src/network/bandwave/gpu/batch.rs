//! The network and the batch that it is conditioned on.

use std::sync::Arc;

use super::levels::Levels;
use super::network::{Network, Told};
use crate::mel::{Dialect, Mel};
use crate::network::Weights;
use crate::network::bandwave::conditioning::Conditioning;
use crate::network::bandwave::config::BandWaveConfig;
use crate::network::gpu::{Arena, Device, Recorded, Recording, Storage};
use crate::{Error, Result};

/// A BandWave network, and the batch that it is conditioned on.
pub(super) struct Batch {
    network: Network,
    levels: Levels,
    conditioning: Conditioning,
    look_ahead: usize,
    windows: usize,
    frames: usize,
    told: Option<Told>,
    arena: Arena,
}

impl Batch {
    /// No batch yet of a network with these (validated) weights.
    ///
    /// # Errors
    /// Where the network is too wide for the device.
    pub(super) fn new(
        device: &Device,
        config: &BandWaveConfig,
        weights: &Weights,
        dialect: &Dialect,
    ) -> Result<Self> {
        let network = Network::new(device, config, weights)?;
        Ok(Self {
            levels: Levels::new(config, weights, &network.gated),
            conditioning: Conditioning::new(config, dialect),
            look_ahead: config.look_ahead,
            windows: 0,
            frames: 0,
            told: None,
            arena: Arena::default(),
            network,
        })
    }

    /// Has the windows that are conditioned from now on look at most so many frames ahead.
    pub(super) fn look_ahead(&mut self, frames: usize) {
        self.look_ahead = frames.min(self.network.config.look_ahead);
    }

    /// Values of the tokens of a window that has so many `values` of x.
    pub(super) fn window_values(&self, values: usize) -> usize {
        let config = &self.network.config;
        values / config.frame_values() * config.tokens() * self.network.gated.width()
    }

    /// Records what windows of `values` values are told that begin after the first `skip` of `mels`.
    pub(super) fn condition(&mut self, recording: &mut Recording, mels: &[&Mel], [skip, values]: [usize; 2]) {
        let device = Arc::clone(recording.device());
        let [skip, frames] = [skip, values].map(|values| values / self.network.config.frame_values());
        self.conditioning.clear();
        mels.iter().for_each(|mel| self.conditioning.take(mel, skip..skip + frames, self.look_ahead));
        let Conditioning { log_envelopes, rows, .. } = &self.conditioning;
        self.told = Some(self.network.told(recording, &device, mels.len() * frames, log_envelopes, rows));
        (self.windows, self.frames) = (mels.len(), frames);
    }
}

impl Recorded for Batch {
    fn values(&self) -> usize {
        self.windows * self.frames * self.network.config.frame_values()
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
        let missing = || Error::invalid("GPU", "batch", "none", "one that has been conditioned");
        let (device, told) = (Arc::clone(recording.device()), self.told.as_ref().ok_or_else(missing)?);
        self.arena.begin();
        let levels = self.levels.of(&self.network.gated, level).repeat(self.windows);
        let levels = device.storage_of(&levels);
        let shape = [self.windows, self.frames];
        Ok(self.network.record(recording, &mut self.arena, shape, [x, &levels], told, histories))
    }
}
