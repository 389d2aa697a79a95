//! A WaveGrad network to be trained.

use serde::{Deserialize, Serialize};

use crate::mel::Dialect;
use crate::network::WaveGradConfig;
use crate::network::wavegrad::Formulation;
use crate::{Error, Result};

/// A WaveGrad network in lmnt's formulation.
#[derive(Clone, Debug, PartialEq)]
pub struct WaveGradNetwork {
    /// The mel dialect that conditions the network.
    pub conditioner: String,
    /// Its layers.
    pub sizes: WaveGradSizes,
}

/// The layers of a WaveGrad network, as [`WaveGradConfig`] names them; by default those of the base network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WaveGradSizes {
    /// Upsampling factor of every stage; their product is the dialect's hop.
    pub factors: Vec<usize>,
    /// Channels of the first convolution over the mel frames.
    pub up_first: usize,
    /// Channels of every stage of the way up.
    pub up_channels: Vec<usize>,
    /// Dilations of its four convolutions.
    pub up_dilations: Vec<[usize; 4]>,
    /// Channels of the first convolution over x.
    pub down_first: usize,
    /// Channels of every stage of the way down.
    pub down_channels: Vec<usize>,
    /// Dilations of its convolutions.
    pub down_dilations: Vec<Vec<usize>>,
}

impl Default for WaveGradSizes {
    fn default() -> Self {
        let WaveGradConfig {
            factors,
            up_first,
            up_channels,
            up_dilations,
            down_first,
            down_channels,
            down_dilations,
            ..
        } = WaveGradConfig::base(Formulation::Lmnt, 1);
        Self { factors, up_first, up_channels, up_dilations, down_first, down_channels, down_dilations }
    }
}

impl Default for WaveGradNetwork {
    fn default() -> Self {
        Self { conditioner: "lmnt-wavegrad".into(), sizes: WaveGradSizes::default() }
    }
}

impl WaveGradNetwork {
    /// The network's configuration and its dialect.
    ///
    /// # Errors
    /// Names `place`, the field, what was found and what was expected.
    pub fn shape(&self, place: &str) -> Result<(WaveGradConfig, Dialect)> {
        let dialect = Dialect::named(&self.conditioner).map_err(|_| {
            let expected = format!("one of {}", Dialect::names().join(", "));
            Error::invalid(place, "network.conditioner", format!("\"{}\"", self.conditioner), expected)
        })?;
        let WaveGradSizes {
            factors,
            up_first,
            up_channels,
            up_dilations,
            down_first,
            down_channels,
            down_dilations,
        } = self.sizes.clone();
        let network = WaveGradConfig {
            formulation: Formulation::Lmnt,
            n_mels: dialect.n_mels,
            factors,
            up_first,
            up_channels,
            up_dilations,
            down_first,
            down_channels,
            down_dilations,
        };
        network.validate(place)?;
        if network.hop() != dialect.hop {
            let expected = format!("factors whose product is {}, the hop of {}", dialect.hop, dialect.name);
            return Err(Error::invalid(place, "network.sizes.factors", network.hop(), expected));
        }
        Ok((network, dialect))
    }
}
