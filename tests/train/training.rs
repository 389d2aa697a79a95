//! A training that takes a second, and an observer that keeps what it is told.

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

/// A training of eight steps that takes half a second. A validation takes as long as five steps, so there is none.
pub fn small(folder: &Path) -> TrainConfig {
    let text = "model = 'model.safetensors'\n[data]\nsource = 'additive'\n[network]\nchannels = 8\nlayers = 4\n\
                dilation_cycle = 4\nprior = 'energy'\n[training]\nbatch = 3\ncrop_frames = 8\ntotal_steps = 8\n\
                warmup_steps = 4\nlearning_rate = 0.002\nspectral_weight = 0.5\nvalidate_steps = 9\n";
    let path = folder.join("small.toml");
    std::fs::write(&path, text).unwrap();
    TrainConfig::read(&path).unwrap()
}

/// The same, validated every so many steps.
pub fn small_validated(folder: &Path, steps: u64) -> TrainConfig {
    let mut config = small(folder);
    config.training.validate_steps = steps;
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
