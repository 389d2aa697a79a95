//! A DiffWave network to be trained.

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::mel::Dialect;

/// The conditioner's name in an unconditional network's configuration.
pub(super) const UNCONDITIONAL: &str = "none";

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
