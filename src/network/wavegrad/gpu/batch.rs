//! The network and the batch that it is conditioned on.

use std::sync::Arc;

use super::network::{Network, Run};
use crate::mel::Mel;
use crate::network::Weights;
use crate::network::gpu::{Arena, Device, Recorded, Recording, Storage, push_padded};
use crate::network::wavegrad::config::WaveGradConfig;
use crate::network::wavegrad::encoding::encoding;
use crate::{Error, Result};

/// A WaveGrad network, and the batch that it is conditioned on.
pub(super) struct Batch {
    network: Network,
    arena: Arena,
    /// The mel frames of the batch, `[windows, frames, padded bands]`.
    mel: Option<Storage>,
    windows: usize,
    samples: usize,
}

impl Batch {
    /// No batch yet of a network with these (validated) weights.
    pub(super) fn new(device: &Device, config: &WaveGradConfig, weights: &Weights) -> Self {
        let network = Network::new(device, config, weights);
        Self { network, arena: Arena::default(), mel: None, windows: 0, samples: 0 }
    }

    /// Places what windows of `samples` samples are told.
    ///
    /// # Errors
    /// Where these are not the frames of so many samples.
    pub(super) fn condition(&mut self, device: &Device, mels: &[&Mel], samples: usize) -> Result<()> {
        let config = &self.network.config;
        config.check_batch("GPU", mels, samples)?;
        (self.windows, self.samples) = (mels.len(), samples);
        let mut rows = Vec::new();
        mels.iter().for_each(|mel| push_padded(&mut rows, mel.as_frames(), config.n_mels));
        self.mel = Some(device.storage_of(&rows));
        Ok(())
    }
}

impl Recorded for Batch {
    fn values(&self) -> usize {
        self.windows * self.samples
    }

    /// Of the widest layer at the rate of samples.
    fn row_values(&self) -> usize {
        self.values() * self.network.config.up_channels.last().copied().unwrap_or(1)
    }

    fn record(
        &mut self,
        recording: &mut Recording,
        x: &Storage,
        level: f32,
        _: Option<[&Storage; 2]>,
    ) -> Result<Storage> {
        let missing = || Error::invalid("GPU", "batch", "none", "one that has been conditioned");
        let (device, mel) = (Arc::clone(recording.device()), self.mel.as_ref().ok_or_else(missing)?);
        let config = &self.network.config;
        let levels = self.network.film_inputs().map(|channels| {
            let mut row = Vec::new();
            push_padded(&mut row, &encoding(config.formulation, channels, level), channels);
            device.storage_of(&row)
        });
        let levels: Vec<Storage> = levels.collect();
        self.arena.begin();
        let mut run = Run {
            recording,
            arena: &mut self.arena,
            windows: self.windows,
            frames: self.samples / config.hop(),
        };
        Ok(self.network.record(&mut run, x, mel, &levels))
    }
}
