//! What a training of BandWave has no place for.

use super::{BandWaveNetwork, Levels, Loss, Objective, Precision, ScheduleConfig, TrainConfig, TrainingConfig};
use crate::train::range::within;
use crate::{Error, Result};

/// Fewest frames of a crop: a window's length is cut from each end of what is heard, and the longest window of the mel
/// distance still has to fit in between.
const LEAST_FRAMES: usize = 20;

impl TrainConfig {
    /// Refuses fields that only DiffWave's training reads, and sizes that none of BandWave's networks has.
    pub(super) fn validate_bandwave(&self, place: &str, network: Option<&BandWaveNetwork>) -> Result<()> {
        let training = &self.training;
        let default = TrainingConfig::default();
        let foreign = [
            ("phase", self.phase.is_some(), "none"),
            ("schedule", self.schedule != ScheduleConfig::default(), "none"),
            ("distill", self.distill.is_some(), "none"),
            ("data.classes", !self.data.classes.is_empty(), "none"),
            ("training.objective", training.objective != Objective::Ddpm, "\"ddpm\""),
            ("training.precision", training.precision != Precision::F32, "\"f32\""),
            ("training.loss", training.loss != Loss::L1, "none"),
            ("training.levels", training.levels != Levels::Steps, "none"),
            ("training.fast_levels", training.fast_levels.is_some(), "none"),
            ("training.antithetic", training.antithetic != default.antithetic, "none"),
            ("training.spectral_weight", training.spectral_weight != 0.0, "none"),
            ("training.shaped_weight", training.shaped_weight != 0.0, "none"),
        ];
        if let Some((field, _, expected)) = foreign.into_iter().find(|(_, found, _)| *found) {
            let expected = format!("{expected}, as network.kind is \"bandwave\"");
            return Err(Error::invalid(place, field, "another", expected));
        }
        within(place, "training.crop_frames", training.crop_frames, LEAST_FRAMES..=4096)?;
        network.map_or(Ok(()), |network| network.shape(place).map(|_| ()))
    }
}
