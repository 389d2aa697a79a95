//! What a training of BandWave has no place for.

use super::foreign::refuse;
use super::{BandWaveNetwork, ScheduleConfig, TrainConfig, TrainingConfig};
use crate::Result;
use crate::train::range::{other, within};

/// Fewest frames of a crop: a window's length is cut from each end of what is heard, and the longest window of the mel
/// distance still has to fit in between.
const LEAST_FRAMES: usize = 20;

impl TrainConfig {
    /// Refuses fields that only DiffWave's training reads, and sizes that none of BandWave's networks has.
    pub(super) fn validate_bandwave(&self, place: &str, network: Option<&BandWaveNetwork>) -> Result<()> {
        let training = &self.training;
        let default = TrainingConfig::default();
        let table = |there: bool| there.then(|| "a table".to_owned());
        let foreign = [
            ("phase", table(self.phase.is_some())),
            ("schedule", table(self.schedule != ScheduleConfig::default())),
            ("training.loss", other(&training.loss, &default.loss)),
            ("training.levels", other(&training.levels, &default.levels)),
            ("training.fast_levels", other(&training.fast_levels, &default.fast_levels)),
            ("training.antithetic", other(&training.antithetic, &default.antithetic)),
        ];
        refuse(place, "bandwave", foreign.into_iter().chain(self.read_by_diffwave_alone()))?;
        within(place, "training.crop_frames", training.crop_frames, LEAST_FRAMES..=4096)?;
        network.map_or(Ok(()), |network| network.shape(place).map(|_| ()))
    }
}
