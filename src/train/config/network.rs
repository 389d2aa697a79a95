//! The network to be trained.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::UNet1dNetwork;
use super::bandwave::BandWaveNetwork;
use super::diffwave::{DiffWaveNetwork, Prior};
use super::wavegrad::{WaveGradNetwork, WaveGradSizes};
use crate::diffusion::Preconditioning;

/// The network to be trained, by its `kind`: `diffwave`, where the file does not say, `bandwave`, `unet1d` or `wavegrad`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Table", into = "Table")]
pub enum NetworkConfig {
    /// A DiffWave of the lmnt variant.
    DiffWave(DiffWaveNetwork),
    /// A BandWave; where the file says nothing but its kind, that of the model to begin with, else the default one.
    BandWave(Option<BandWaveNetwork>),
    /// A UNet1d.
    UNet1d(Box<UNet1dNetwork>),
    /// A WaveGrad in lmnt's formulation.
    WaveGrad(WaveGradNetwork),
}

/// The kinds of networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    DiffWave,
    BandWave,
    UNet1d,
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
    sigma_mean: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sigma_std: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diffusion: Option<Preconditioning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<Map<String, Value>>,
    sizes: Option<WaveGradSizes>,
}

impl NetworkConfig {
    /// Whether the network is told of a class by tokens.
    pub fn is_told_embeddings(&self) -> bool {
        matches!(self, Self::UNet1d(network) if network.arguments.context_embedding_features.is_some())
    }
}

impl TryFrom<Table> for NetworkConfig {
    type Error = String;

    fn try_from(table: Table) -> Result<Self, String> {
        let kind = table.kind.unwrap_or(Kind::DiffWave);
        let own: &[&str] = match kind {
            Kind::DiffWave => {
                &["channels", "layers", "conditioner", "dilation_cycle", "causal", "rate_hz", "prior"]
            }
            Kind::BandWave => &["channels", "layers", "conditioner", "cycle", "look_ahead", "level"],
            Kind::UNet1d => &["rate_hz", "sigma_mean", "sigma_std", "diffusion", "arguments"],
            Kind::WaveGrad => &["conditioner", "sizes"],
        };
        if let Some((field, _)) = table.fields().iter().find(|(field, there)| *there && !own.contains(field)) {
            let kind = format!("{kind:?}").to_lowercase();
            return Err(format!("network.{field}: found one, expected none, as network.kind is \"{kind}\""));
        }
        Ok(match kind {
            Kind::DiffWave => Self::DiffWave(table.diffwave()),
            Kind::BandWave => Self::BandWave(table.bandwave()),
            Kind::UNet1d => Self::UNet1d(Box::new(table.unet1d()?)),
            Kind::WaveGrad => Self::WaveGrad(table.wavegrad()),
        })
    }
}

impl Table {
    /// Every field but the kind, and whether it is there.
    fn fields(&self) -> [(&'static str, bool); 15] {
        [
            ("channels", self.channels.is_some()),
            ("layers", self.layers.is_some()),
            ("conditioner", self.conditioner.is_some()),
            ("dilation_cycle", self.dilation_cycle.is_some()),
            ("causal", self.causal.is_some()),
            ("rate_hz", self.rate_hz.is_some()),
            ("prior", self.prior.is_some()),
            ("cycle", self.cycle.is_some()),
            ("look_ahead", self.look_ahead.is_some()),
            ("level", self.level.is_some()),
            ("sigma_mean", self.sigma_mean.is_some()),
            ("sigma_std", self.sigma_std.is_some()),
            ("diffusion", self.diffusion.is_some()),
            ("arguments", self.arguments.is_some()),
            ("sizes", self.sizes.is_some()),
        ]
    }

    fn unet1d(self) -> Result<UNet1dNetwork, String> {
        let arguments =
            self.arguments.ok_or("network.arguments: found none, expected a table of the network's")?;
        let default = UNet1dNetwork::of(arguments).map_err(|error| error.to_string())?;
        Ok(UNet1dNetwork {
            rate_hz: self.rate_hz.unwrap_or(default.rate_hz),
            diffusion: self.diffusion.unwrap_or(default.diffusion),
            sigma_mean: self.sigma_mean.unwrap_or(default.sigma_mean),
            sigma_std: self.sigma_std.unwrap_or(default.sigma_std),
            ..default
        })
    }

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
            NetworkConfig::UNet1d(network) => Self {
                kind: Some(Kind::UNet1d),
                rate_hz: Some(network.rate_hz),
                diffusion: Some(network.diffusion),
                sigma_mean: Some(network.sigma_mean),
                sigma_std: Some(network.sigma_std),
                arguments: Some(network.table()),
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
