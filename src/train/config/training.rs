//! How to train: schedules, objective and optimization.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::diffusion::Schedule;

/// The noise levels of the model: those it is trained on, and the few it is meant to be sampled with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScheduleConfig {
    /// Steps of the training schedule, whose β rises linearly.
    pub steps: usize,
    /// β of the first training step.
    pub beta_min: f64,
    /// β of the last training step.
    pub beta_max: f64,
    /// β of every step of the short schedule, from the least noise to the most. In all they may add no more noise than
    /// the training schedule does: the network would not know of it.
    pub inference_betas: Vec<f64>,
}

impl ScheduleConfig {
    /// The training schedule.
    ///
    /// # Errors
    /// Where there is no step, or a β outside (0, 1).
    pub fn training(&self) -> Result<Schedule> {
        Schedule::linear(self.steps, self.beta_min, self.beta_max)
    }

    /// The short schedule.
    ///
    /// # Errors
    /// Where there is no β, or one outside (0, 1).
    pub fn inference(&self) -> Result<Schedule> {
        Schedule::from_betas(self.inference_betas.clone())
    }
}

/// The optimization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainingConfig {
    /// What is learned.
    pub objective: Objective,
    /// How a wrong prediction is punished.
    pub loss: Loss,
    /// Weight of the multi-resolution STFT loss on the predicted audio.
    pub spectral_weight: f64,
    /// Share of the crops whose noise level is one of the short schedule's.
    pub fast_levels: f64,
    /// Whether the noise levels of a batch come in pairs, t and its mirror image.
    pub antithetic: bool,
    /// Crops per batch.
    pub batch: usize,
    /// Length of a crop in mel frames (of 256 samples).
    pub crop_frames: usize,
    /// Batches per optimizer step.
    pub accumulate: usize,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// Steps over which the learning rate rises to its peak.
    pub warmup_steps: u64,
    /// Steps after which the cosine decay, and the training, ends.
    pub total_steps: u64,
    /// Minutes of wall-clock time after which the training ends in any case.
    pub minutes: Option<f64>,
    /// Largest norm of the gradient.
    pub gradient_clip: f64,
    /// Decay of the exponential moving average of the weights, per step.
    pub ema: f64,
    /// Seed of weights, noise and levels.
    pub seed: u64,
    /// Where to compute.
    pub device: Device,
    /// Minutes between checkpoints.
    pub checkpoint_minutes: f64,
    /// Steps between validations.
    pub validate_steps: u64,
}

/// What is learned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Objective {
    /// The noise in a noised crop (Ho et al. 2020).
    #[default]
    Ddpm,
    /// To do in few steps what a teacher does in many.
    Distill,
}

/// How a wrong prediction is punished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Mean absolute difference.
    #[default]
    L1,
    /// Mean squared difference.
    L2,
}

/// Where to compute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Device {
    /// The processor.
    #[default]
    Cpu,
    /// The graphics processor.
    Gpu,
}

/// The teacher and the student of a distillation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistillConfig {
    /// The model that is learned from.
    pub teacher: PathBuf,
    /// Steps in which the student samples.
    #[serde(default = "DistillConfig::default_steps")]
    pub steps: usize,
}
