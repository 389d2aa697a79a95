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

mod bandwave;
mod defaults;
mod diffwave;
mod file;
mod foreign;
mod network;
mod training;
mod unet1d;
mod validate;
mod validate_bandwave;
mod validate_unet1d;
mod validate_wavegrad;
mod wavegrad;

pub use super::data::{AugmentConfig, DataConfig, Source};
pub use bandwave::BandWaveNetwork;
pub use diffwave::{DiffWaveNetwork, Prior};
pub use network::NetworkConfig;
pub use training::{Device, DistillConfig, Levels, Loss, Objective, Precision, ScheduleConfig, TrainingConfig};
pub use unet1d::{SigmaDistribution, UNet1dNetwork};
pub use wavegrad::{WaveGradNetwork, WaveGradSizes};

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::phase::Phase;

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
    /// Weights to start from, of the same network, instead of random ones: a model's file, or a bundled one's name.
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
