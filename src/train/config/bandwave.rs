//! A BandWave network to be trained.

use crate::Result;
use crate::mel::Dialect;
use crate::network::{BandWaveConfig, BandWaveSizes};

/// A BandWave network.
#[derive(Clone, Debug, PartialEq)]
pub struct BandWaveNetwork {
    /// Channels of a token.
    pub channels: usize,
    /// Layers, along time and along bands in turn.
    pub layers: usize,
    /// Time layers until their dilation starts again from 1.
    pub cycle: usize,
    /// Most mel frames ahead of its own that a frame can be told.
    pub look_ahead: usize,
    /// Width of the embedded level.
    pub level: usize,
    /// The mel dialect that conditions the network: one of [`BandWaveConfig::DIALECTS`].
    pub conditioner: String,
}

impl BandWaveNetwork {
    /// The network's configuration and its dialect.
    ///
    /// # Errors
    /// Names `place`, the field, what was found and what was expected.
    pub fn shape(&self, place: &str) -> Result<(BandWaveConfig, Dialect)> {
        let Self { channels, layers, cycle, look_ahead, level, .. } = *self;
        let dialect = BandWaveConfig::dialect(place, "network.conditioner", &self.conditioner)?;
        let network = BandWaveSizes { channels, layers, cycle, look_ahead, level }.under(&dialect);
        network.validate(place)?;
        Ok((network, dialect))
    }
}
