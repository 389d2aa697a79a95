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
    /// Weight of the multi-resolution STFT loss on the predicted signal: the audio, or under the spectral prior what
    /// is left of it without its envelope.
    pub spectral_weight: f64,
    /// Weight of the same loss after the filter of the spectral prior, where both signals have their envelope again:
    /// what is loud in the sound is also what counts. Needs `network.prior = "spectral"`.
    pub shaped_weight: f64,
    /// How the noise level of a crop is drawn.
    pub levels: Levels,
    /// Share of the crops whose noise level is one of the short schedule's instead; by default half, and none where
    /// `levels` is `wavegrad`.
    pub fast_levels: Option<f64>,
    /// Whether the noise levels of a batch come in pairs, t and its mirror image.
    pub antithetic: bool,
    /// Share of a training of BandWave after which the network also learns from what it samples by itself.
    pub own: f64,
    /// Crops per batch.
    pub batch: usize,
    /// Length of a crop in mel frames (of 256 samples; of 512 at 44 100 Hz).
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
    /// The type that the network computes in while it learns.
    pub precision: Precision,
    /// Minutes between checkpoints.
    pub checkpoint_minutes: f64,
    /// Steps between validations.
    pub validate_steps: u64,
}

impl TrainingConfig {
    /// Share of the crops whose noise level is one of the short schedule's.
    pub fn fast_share(&self) -> f64 {
        self.fast_levels.unwrap_or(match self.levels {
            Levels::Steps => 0.5,
            Levels::Wavegrad => 0.0,
        })
    }
}

/// How the noise level of a crop is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Levels {
    /// A real-valued step of the training schedule, evenly from its first to its last.
    #[default]
    Steps,
    /// WaveGrad's (Chen et al. 2021, algorithm 1): a step, evenly, then √ᾱ, evenly between the step before and that
    /// one. The network is told the real-valued step at which the schedule has that √ᾱ. Beside `steps` that adds
    /// what has less noise than the first step, down to none.
    Wavegrad,
}

/// What is learned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Objective {
    /// The noise in a noised crop (Ho et al. 2020).
    #[default]
    Ddpm,
    /// The variational bound on the likelihood of an unconditional network that learns the variances of its steps too
    /// (Ho et al. 2020, equation 5; Nichol and Dhariwal 2021, equation 15): for toy models. Losses are in bits per
    /// sample; `loss`, `levels`, `fast_levels` and the weights of spectral losses have no part in it.
    Variational,
    /// To do in few steps what a teacher does in many (progressive distillation, Salimans and Ho 2022).
    Distill,
    /// To find in one step, from any noise level, the signal that a teacher's steps lead to (consistency distillation,
    /// Song et al. 2023, algorithm 2). Of a model with more steps than one, each starts from what the last one found,
    /// noised anew.
    Consistency,
}

/// How a wrong prediction is punished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
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
#[non_exhaustive]
pub enum Device {
    /// The processor.
    #[default]
    Cpu,
    /// The graphics processor.
    Gpu,
}

/// The type that the network computes in while it learns. Its parameters, losses and averages are `f32` whatever it
/// is, and so is what becomes of it. A device that does not have the type refuses. The narrow types are for GPUs, and
/// `bf16` for CPUs with a tile unit (AMX, on Linux), which computes the residual layers several times faster than in
/// `f32`. Other CPUs have the types, and are slower in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Precision {
    /// Single precision.
    #[default]
    F32,
    /// Half precision; the loss is scaled as far as gradients allow (Micikevicius et al. 2018).
    F16,
    /// Half the bits, the range of single precision.
    Bf16,
}

/// The teacher and the student of a distillation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistillConfig {
    /// The model that is learned from.
    pub teacher: PathBuf,
    /// Steps in which the student samples: 1 to 64, or 1 to 3 where `training.objective` is `consistency`.
    #[serde(default = "DistillConfig::default_steps")]
    pub steps: usize,
}
