//! What a training of UNet1d has no place for.

use super::{ScheduleConfig, TrainConfig, TrainingConfig, UNet1dNetwork};
use crate::train::range::within;
use crate::{Error, Result};

impl TrainConfig {
    /// Refuses fields that a training of UNet1d does not read, and networks that cannot be trained.
    pub(super) fn validate_unet1d(&self, place: &str, network: &UNet1dNetwork) -> Result<()> {
        let default = TrainingConfig::default();
        // What counts whatever is trained, and so may be something else than the default.
        let read = TrainingConfig {
            objective: default.objective,
            precision: default.precision,
            loss: default.loss,
            levels: default.levels,
            fast_levels: default.fast_levels,
            antithetic: default.antithetic,
            spectral_weight: default.spectral_weight,
            shaped_weight: default.shaped_weight,
            own: default.own,
            ..self.training.clone()
        };
        let foreign = [
            ("phase", self.phase.is_some()),
            ("schedule", self.schedule != ScheduleConfig::default()),
            ("distill", self.distill.is_some()),
            ("data.classes", !self.data.classes.is_empty()),
            ("training", read != self.training),
        ];
        if let Some((field, _)) = foreign.iter().find(|(_, there)| *there) {
            let expected = "none, or what no objective but its own reads, as network.kind is \"unet1d\"";
            return Err(Error::invalid(place, field, "something", expected));
        }
        network.validate(place)
    }
}

impl UNet1dNetwork {
    /// Refuses what cannot be trained.
    fn validate(&self, place: &str) -> Result<()> {
        let arguments = &self.arguments;
        arguments.validate(place)?;
        let told = !arguments.context_channels.is_empty()
            || arguments.context_features.is_some()
            || arguments.context_embedding_features.is_some();
        if arguments.in_channels != 1 || arguments.outputs() != 1 || told {
            let expected = "one channel, told nothing but the level: others are imported, not trained";
            return Err(Error::invalid(place, "network.arguments", "another", expected));
        }
        within(place, "network.rate_hz", self.rate_hz, 4000..=192_000)?;
        within(place, "network.sigma_mean", self.sigma_mean, -20.0..=20.0)?;
        within(place, "network.sigma_std", self.sigma_std, 0.0..=20.0)?;
        self.diffusion.validate(place).map_err(|e| e.within(place, "network.diffusion"))
    }
}
