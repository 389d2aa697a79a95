//! What fields are where the file does not say.

use super::{
    BandWaveNetwork, Device, DiffWaveNetwork, DistillConfig, Levels, Loss, NetworkConfig, Objective, Precision,
    Prior, ScheduleConfig, TrainConfig, TrainingConfig,
};
use crate::network::BandWaveConfig;

impl Default for NetworkConfig {
    fn default() -> Self {
        Self::DiffWave(DiffWaveNetwork::default())
    }
}

impl Default for BandWaveNetwork {
    /// The shape of the bundled model *small*.
    fn default() -> Self {
        let conditioner = BandWaveConfig::DIALECTS[0].into();
        Self { channels: 64, layers: 12, cycle: 4, look_ahead: 4, level: 128, conditioner }
    }
}

impl Default for DiffWaveNetwork {
    fn default() -> Self {
        Self {
            channels: 64,
            layers: 30,
            dilation_cycle: 10,
            causal: false,
            conditioner: "lmnt-diffwave".into(),
            rate_hz: None,
            prior: Prior::None,
        }
    }
}

impl Default for ScheduleConfig {
    /// The schedules of DiffWave, base (Kong et al. 2021, appendix B and section 5).
    fn default() -> Self {
        Self {
            steps: 50,
            beta_min: 1e-4,
            beta_max: 0.05,
            inference_betas: vec![1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5],
        }
    }
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            objective: Objective::Ddpm,
            loss: Loss::L1,
            spectral_weight: 0.0,
            shaped_weight: 0.0,
            levels: Levels::Steps,
            fast_levels: None,
            antithetic: true,
            own: 0.6,
            batch: 16,
            crop_frames: 62,
            accumulate: 1,
            learning_rate: 4e-4,
            warmup_steps: 500,
            total_steps: 100_000,
            minutes: None,
            gradient_clip: 1.0,
            ema: 0.9995,
            seed: 0,
            device: Device::Cpu,
            precision: Precision::F32,
            checkpoint_minutes: 5.0,
            validate_steps: 1000,
        }
    }
}

impl TrainConfig {
    pub(super) fn default_licence() -> String {
        "unknown".into()
    }
}

impl DistillConfig {
    pub(super) fn default_steps() -> usize {
        2
    }
}
