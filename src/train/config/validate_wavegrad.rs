//! The noise levels of a training of WaveGrad, and what it has no place for.

use super::{Levels, NetworkConfig, ScheduleConfig, TrainConfig, TrainingConfig, WaveGradNetwork};
use crate::network::wavegrad::{SIX_ITERATIONS, TRAINING_BETAS};
use crate::train::range::{other, within};
use crate::{Error, Result};

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
        let classes = Some(self.data.classes.join(", ")).filter(|classes| !classes.is_empty());
        let levels =
            Some(training.levels).filter(|levels| ![default.levels, Levels::Wavegrad].contains(levels));
        let foreign = [
            ("distill", self.distill.as_ref().map(|_| "a table".to_owned())),
            ("data.classes", classes),
            ("training.objective", other(&training.objective, &default.objective)),
            ("training.precision", other(&training.precision, &default.precision)),
            ("training.levels", levels.map(|levels| format!("{levels:?}").to_lowercase())),
            ("training.spectral_weight", other(&training.spectral_weight, &default.spectral_weight)),
            ("training.shaped_weight", other(&training.shaped_weight, &default.shaped_weight)),
            ("training.own", other(&training.own, &default.own)),
        ];
        for (field, found) in foreign {
            if let Some(found) = found {
                let expected = "none, or the default, as network.kind is \"wavegrad\"";
                return Err(Error::invalid(place, field, found, expected));
            }
        }
        within(place, "training.crop_frames", training.crop_frames, 1..=4096)
    }
}
