//! A training that is soon over, and an observer that keeps what it is told.

use std::path::Path;

use remel::train::config::{DiffWaveNetwork, NetworkConfig, TrainConfig, TrainingConfig};
use remel::train::{Observer, Progress};

/// Keeps every loss, and stops after so many steps.
#[derive(Default)]
pub struct Record {
    pub losses: Vec<f64>,
    pub validations: Vec<f64>,
    pub stop_after: Option<usize>,
}

impl Observer for Record {
    fn stepped(&mut self, progress: &Progress) {
        self.losses.push(progress.loss);
    }

    fn validated(&mut self, _step: u64, loss: f64) {
        self.validations.push(loss);
    }

    fn stopped(&mut self) -> bool {
        self.stop_after.is_some_and(|steps| self.losses.len() >= steps)
    }
}

/// A training of eight steps that takes a quarter of a second. A validation takes as long as five steps, and the temperature
/// that suits a model as long as all eight, so there is nothing to validate with.
pub fn small(folder: &Path) -> TrainConfig {
    let text = "model = 'model.safetensors'\n[data]\nsource = 'additive'\nvalidation = 0.0\n[network]\nchannels = 8\n\
                layers = 4\ndilation_cycle = 4\nprior = 'energy'\n[training]\nbatch = 3\ncrop_frames = 8\n\
                total_steps = 8\nwarmup_steps = 4\nlearning_rate = 0.002\nspectral_weight = 0.5\n";
    let path = folder.join("small.toml");
    std::fs::write(&path, text).unwrap();
    TrainConfig::read(&path).unwrap()
}

/// `config` with sounds to validate with every so many steps, and to find the temperature with in the end.
pub fn validated(mut config: TrainConfig, steps: u64) -> TrainConfig {
    (config.data.validation, config.training.validate_steps) = (0.05, steps);
    config
}

/// `training` of a few dozen steps, validated three times.
pub fn few_dozen(training: TrainingConfig) -> TrainingConfig {
    TrainingConfig { total_steps: 60, validate_steps: 20, learning_rate: 0.01, ema: 0.9, ..training }
}

/// The network of a training of DiffWave.
pub fn diffwave(config: &mut TrainConfig) -> &mut DiffWaveNetwork {
    match &mut config.network {
        NetworkConfig::DiffWave(network) => network,
        _ => panic!("not a DiffWave"),
    }
}
