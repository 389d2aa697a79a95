//! The noise levels of a training of WaveGrad, and what it has no place for.

use super::foreign::refuse;
use super::{Levels, NetworkConfig, ScheduleConfig, TrainConfig, TrainingConfig, WaveGradNetwork};
use crate::Result;
use crate::network::wavegrad::{SIX_ITERATIONS, TRAINING_BETAS};
use crate::train::range::{other, within};

impl TrainConfig {
    /// The noise levels of the model. Where the file says nothing of them, they are those that suit its network.
    pub fn noise_levels(&self) -> ScheduleConfig {
        let is_silent = self.schedule == ScheduleConfig::default();
        match &self.network {
            NetworkConfig::WaveGrad(_) if is_silent => {
                let (steps, beta_min, beta_max) = TRAINING_BETAS;
                ScheduleConfig { steps, beta_min, beta_max, inference_betas: SIX_ITERATIONS.to_vec() }
            }
            _ => self.schedule.clone(),
        }
    }

    /// Refuses fields that only other networks' trainings read, and sizes that no WaveGrad has.
    pub(super) fn validate_wavegrad(&self, place: &str, network: &WaveGradNetwork) -> Result<()> {
        network.shape(place)?;
        if let Some(phase) = &self.phase {
            phase.validate(place)?;
        }
        let (training, default) = (&self.training, TrainingConfig::default());
        let levels =
            Some(training.levels).filter(|levels| ![default.levels, Levels::Wavegrad].contains(levels));
        let foreign = [
            ("training.levels", levels.map(|levels| format!("{levels:?}").to_lowercase())),
            ("training.own", other(&training.own, &default.own)),
        ];
        refuse(place, "wavegrad", foreign.into_iter().chain(self.read_by_diffwave_alone()))?;
        within(place, "training.crop_frames", training.crop_frames, 1..=4096)
    }
}
