//! What to train: the TOML file of `remel train`.
//!
//! ```toml
//! model = "violin.safetensors"
//! [network]
//! channels = 32
//! layers = 12
//! [data]
//! source = "recordings"
//! [training]
//! minutes = 60
//! ```

mod defaults;
mod file;
mod training;
mod validate;

pub use super::data::{AugmentConfig, DataConfig, Source};
pub use training::{Device, DistillConfig, Levels, Loss, Objective, Precision, ScheduleConfig, TrainingConfig};

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::domain::phase::Phase;
use crate::mel::Dialect;

/// The conditioner's name in an unconditional network's configuration.
const UNCONDITIONAL: &str = "none";

/// A whole training: what is made, of which data, and how.
///
/// Only `model` and `data.source` have no default. Relative paths in the file are relative to the file's folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    /// The model file that comes out (`.safetensors`).
    pub model: PathBuf,
    /// The model's name on its card; by default that of its file.
    #[serde(default)]
    pub name: Option<String>,
    /// Licence of the weights on the model's card, as an SPDX expression or in words; by default `unknown`.
    #[serde(default = "TrainConfig::default_licence")]
    pub licence: String,
    /// The folder of state, logs and samples; by default `runs/NAME` beside the model.
    #[serde(default)]
    pub run: Option<PathBuf>,
    /// Weights to start from, of the same network, instead of random ones.
    #[serde(default)]
    pub init: Option<PathBuf>,
    /// The network.
    #[serde(default)]
    pub network: NetworkConfig,
    /// How the model's phases are reconstructed after sampling; without the table the network's own are heard.
    #[serde(default)]
    pub phase: Option<Phase>,
    /// The noise levels.
    #[serde(default)]
    pub schedule: ScheduleConfig,
    /// The audio.
    pub data: DataConfig,
    /// The optimization.
    #[serde(default)]
    pub training: TrainingConfig,
    /// The teacher, where `training.objective` is `distill` or `consistency`.
    #[serde(default)]
    pub distill: Option<DistillConfig>,
}

/// The network to be trained: a DiffWave of the lmnt variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkConfig {
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

impl NetworkConfig {
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

impl TrainConfig {
    /// The folder of state, logs and samples.
    pub fn run_folder(&self) -> PathBuf {
        self.run.clone().unwrap_or_else(|| self.runs().join(self.stem()))
    }

    /// The model's name on its card.
    pub fn card_name(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.stem().to_string_lossy().into_owned())
    }

    /// The name of the model's file, without its extension.
    fn stem(&self) -> &OsStr {
        self.model.file_stem().unwrap_or_default()
    }

    /// The folder beside the model that holds runs and the cache.
    fn runs(&self) -> PathBuf {
        self.model.parent().unwrap_or(Path::new("")).join("runs")
    }
}
