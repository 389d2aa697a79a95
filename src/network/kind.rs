//! The networks that there are.

use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{BandWaveConfig, DiffWaveConfig, NetworkConfig, UNet1dConfig, WaveGradConfig};
use crate::{Error, Result};

/// A network of one of the kinds that there are, by its configuration. In files, `kind` says which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", remote = "Self")]
#[non_exhaustive]
pub enum Network {
    /// BandWave.
    BandWave(BandWaveConfig),
    /// DiffWave.
    DiffWave(DiffWaveConfig),
    /// UNet1d.
    UNet1d(Box<UNet1dConfig>),
    /// WaveGrad.
    WaveGrad(WaveGradConfig),
}

/// The kind of files from before there was another.
const FIRST_KIND: &str = "diffwave";

impl Deref for Network {
    type Target = dyn NetworkConfig;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::BandWave(config) => config,
            Self::DiffWave(config) => config,
            Self::UNet1d(config) => config.as_ref(),
            Self::WaveGrad(config) => config,
        }
    }
}

impl Network {
    /// The configuration of a DiffWave network.
    ///
    /// # Errors
    /// Names `place`, where it is another network.
    pub fn diffwave(&self, place: &str) -> Result<&DiffWaveConfig> {
        match self {
            Self::DiffWave(config) => Ok(config),
            other => Err(Error::invalid(place, "network", other.family(), "DiffWave")),
        }
    }

    /// The configuration of a UNet1d network.
    ///
    /// # Errors
    /// Names `place`, where it is another network.
    pub fn unet1d(&self, place: &str) -> Result<&UNet1dConfig> {
        match self {
            Self::UNet1d(config) => Ok(config),
            other => Err(Error::invalid(place, "network", other.family(), "UNet1d")),
        }
    }

    /// The configuration of a BandWave network.
    ///
    /// # Errors
    /// Names `place`, where it is another network.
    pub fn bandwave(&self, place: &str) -> Result<&BandWaveConfig> {
        match self {
            Self::BandWave(config) => Ok(config),
            other => Err(Error::invalid(place, "network", other.family(), "BandWave")),
        }
    }
}

impl From<BandWaveConfig> for Network {
    fn from(config: BandWaveConfig) -> Self {
        Self::BandWave(config)
    }
}

impl From<DiffWaveConfig> for Network {
    fn from(config: DiffWaveConfig) -> Self {
        Self::DiffWave(config)
    }
}

impl From<UNet1dConfig> for Network {
    fn from(config: UNet1dConfig) -> Self {
        Self::UNet1d(Box::new(config))
    }
}

impl From<WaveGradConfig> for Network {
    fn from(config: WaveGradConfig) -> Self {
        Self::WaveGrad(config)
    }
}

impl Serialize for Network {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = Value::deserialize(deserializer)?;
        if let Value::Object(fields) = &mut value {
            fields.entry("kind").or_insert_with(|| FIRST_KIND.into());
        }
        Self::deserialize(value).map_err(serde::de::Error::custom)
    }
}
