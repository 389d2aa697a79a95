//! The network to be trained.

use serde::{Deserialize, Serialize};

use super::wavegrad::{WaveGradNetwork, WaveGradSizes};
use crate::Result;
use crate::mel::Dialect;
use crate::network::{BandWaveConfig, BandWaveSizes};

/// The conditioner's name in an unconditional network's configuration.
pub(super) const UNCONDITIONAL: &str = "none";

/// The network to be trained, by its `kind`: `diffwave`, where the file does not say, `bandwave` or `wavegrad`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Table", into = "Table")]
pub enum NetworkConfig {
    /// A DiffWave of the lmnt variant.
    DiffWave(DiffWaveNetwork),
    /// A BandWave; where the file says nothing but its kind, that of the model to begin with, else the default one.
    BandWave(Option<BandWaveNetwork>),
    /// A WaveGrad in lmnt's formulation.
    WaveGrad(WaveGradNetwork),
}

/// A DiffWave network of the lmnt variant.
#[derive(Clone, Debug, PartialEq)]
pub struct DiffWaveNetwork {
    /// Residual channels.
    pub channels: usize,
    /// Residual layers.
    pub layers: usize,
    /// Layers until the dilation starts again from 1.
    pub dilation_cycle: usize,
    /// Whether convolutions see the past only.
    pub causal: bool,
    /// The mel dialect that conditions the network, or `none`.
    pub conditioner: String,
    /// Sample rate of an unconditional network; a mel dialect has its own.
    pub rate_hz: Option<u32>,
    /// What the noise is shaped by.
    pub prior: Prior,
}

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

/// What the noise of a model is shaped by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prior {
    /// White noise of unit variance.
    #[default]
    None,
    /// White noise as loud as the mel frame (PriorGrad, Lee et al. 2022).
    Energy,
    /// Noise with the mel frame's spectral envelope (SpecGrad, Koizumi et al. 2022).
    Spectral,
}

impl DiffWaveNetwork {
    /// The mel dialect that conditions the network; none where it is unconditional.
    ///
    /// # Errors
    /// An unknown name.
    pub fn dialect(&self) -> Result<Option<Dialect>> {
        if self.conditioner == UNCONDITIONAL { Ok(None) } else { Dialect::named(&self.conditioner).map(Some) }
    }

    /// The sample rate of the audio: the dialect's, or that of the unconditional network (by default 22050).
    ///
    /// # Errors
    /// An unknown dialect.
    pub fn rate_hz(&self) -> Result<u32> {
        Ok(self.dialect()?.map_or(self.rate_hz.unwrap_or(22_050), |dialect| dialect.rate_hz))
    }
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

/// The kinds of networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    DiffWave,
    BandWave,
    WaveGrad,
}

/// The table of the file: the fields of all kinds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Table {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channels: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layers: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conditioner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dilation_cycle: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    causal: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_hz: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prior: Option<Prior>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cycle: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    look_ahead: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sizes: Option<WaveGradSizes>,
}

impl TryFrom<Table> for NetworkConfig {
    type Error = String;

    fn try_from(table: Table) -> Result<Self, String> {
        let kind = table.kind.unwrap_or(Kind::DiffWave);
        let common = vec![("channels", table.channels.is_some()), ("layers", table.layers.is_some())];
        let diffwaves = vec![
            ("dilation_cycle", table.dilation_cycle.is_some()),
            ("causal", table.causal.is_some()),
            ("rate_hz", table.rate_hz.is_some()),
            ("prior", table.prior.is_some()),
        ];
        let ahead = ("look_ahead", table.look_ahead.is_some());
        let bandwaves = vec![("cycle", table.cycle.is_some()), ahead, ("level", table.level.is_some())];
        let wavegrads = vec![("sizes", table.sizes.is_some())];
        let foreign = match kind {
            Kind::DiffWave => vec![bandwaves, wavegrads],
            Kind::BandWave => vec![diffwaves, wavegrads],
            Kind::WaveGrad => vec![common, diffwaves, bandwaves],
        };
        if let Some((field, _)) = foreign.concat().iter().find(|(_, found)| *found) {
            let kind = format!("{kind:?}").to_lowercase();
            return Err(format!("network.{field}: found one, expected none, as network.kind is \"{kind}\""));
        }
        Ok(match kind {
            Kind::DiffWave => Self::DiffWave(table.diffwave()),
            Kind::BandWave => Self::BandWave(table.bandwave()),
            Kind::WaveGrad => Self::WaveGrad(table.wavegrad()),
        })
    }
}

impl Table {
    fn diffwave(self) -> DiffWaveNetwork {
        let default = DiffWaveNetwork::default();
        DiffWaveNetwork {
            channels: self.channels.unwrap_or(default.channels),
            layers: self.layers.unwrap_or(default.layers),
            dilation_cycle: self.dilation_cycle.unwrap_or(default.dilation_cycle),
            causal: self.causal.unwrap_or(default.causal),
            conditioner: self.conditioner.unwrap_or(default.conditioner),
            rate_hz: self.rate_hz,
            prior: self.prior.unwrap_or(default.prior),
        }
    }

    fn wavegrad(self) -> WaveGradNetwork {
        let default = WaveGradNetwork::default();
        WaveGradNetwork {
            conditioner: self.conditioner.unwrap_or(default.conditioner),
            sizes: self.sizes.unwrap_or(default.sizes),
        }
    }

    fn bandwave(self) -> Option<BandWaveNetwork> {
        let sizes = [self.channels, self.layers, self.cycle, self.look_ahead, self.level];
        if sizes.iter().all(Option::is_none) && self.conditioner.is_none() {
            return None;
        }
        let default = BandWaveNetwork::default();
        Some(BandWaveNetwork {
            channels: self.channels.unwrap_or(default.channels),
            layers: self.layers.unwrap_or(default.layers),
            cycle: self.cycle.unwrap_or(default.cycle),
            look_ahead: self.look_ahead.unwrap_or(default.look_ahead),
            level: self.level.unwrap_or(default.level),
            conditioner: self.conditioner.unwrap_or(default.conditioner),
        })
    }
}

impl From<NetworkConfig> for Table {
    fn from(config: NetworkConfig) -> Self {
        match config {
            NetworkConfig::DiffWave(network) => Self {
                channels: Some(network.channels),
                layers: Some(network.layers),
                dilation_cycle: Some(network.dilation_cycle),
                causal: Some(network.causal),
                conditioner: Some(network.conditioner),
                rate_hz: network.rate_hz,
                prior: Some(network.prior),
                ..Self::default()
            },
            NetworkConfig::WaveGrad(network) => Self {
                kind: Some(Kind::WaveGrad),
                conditioner: Some(network.conditioner),
                sizes: Some(network.sizes),
                ..Self::default()
            },
            NetworkConfig::BandWave(None) => Self { kind: Some(Kind::BandWave), ..Self::default() },
            NetworkConfig::BandWave(Some(network)) => Self {
                kind: Some(Kind::BandWave),
                channels: Some(network.channels),
                layers: Some(network.layers),
                cycle: Some(network.cycle),
                look_ahead: Some(network.look_ahead),
                level: Some(network.level),
                conditioner: Some(network.conditioner),
                ..Self::default()
            },
        }
    }
}
