//! What a training of UNet1d has no place for.

use super::foreign::refuse;
use super::{ScheduleConfig, TrainConfig, TrainingConfig, UNet1dNetwork};
use crate::train::range::{other, within};
use crate::{Error, Result};

impl TrainConfig {
    /// Refuses fields that a training of UNet1d does not read, and networks that cannot be trained.
    pub(super) fn validate_unet1d(&self, place: &str, network: &UNet1dNetwork) -> Result<()> {
        let (training, default) = (&self.training, TrainingConfig::default());
        let conditional = network.arguments.context_embedding_features.is_some();
        let foreign = [
            ("phase", self.phase.as_ref().map(|_| "a table".to_owned())),
            ("schedule", other(&self.schedule, &ScheduleConfig::default()).map(|_| "a table".to_owned())),
            ("training.loss", other(&training.loss, &default.loss)),
            ("training.levels", other(&training.levels, &default.levels)),
            ("training.fast_levels", other(&training.fast_levels, &default.fast_levels)),
            ("training.antithetic", other(&training.antithetic, &default.antithetic)),
            ("training.own", other(&training.own, &default.own)),
        ];
        let not_read = self.read_by_diffwave_alone().into_iter();
        let not_read = not_read.filter(|(field, _)| !(conditional && *field == "data.classes"));
        refuse(place, "unet1d", foreign.into_iter().chain(not_read))?;
        network.validate(place, self.training.crop_frames)?;
        if conditional && (self.data.classes.is_empty() || self.data.embeddings.is_none()) {
            let expected = "both, as the network is conditioned on an embedding: its tokens are a class's";
            return Err(Error::invalid(place, "data.classes and data.embeddings", "not both", expected));
        }
        Ok(())
    }
}

impl UNet1dNetwork {
    /// Refuses what cannot be trained, or not in crops of `crop_frames` frames.
    fn validate(&self, place: &str, crop_frames: usize) -> Result<()> {
        let arguments = &self.arguments;
        arguments.validate(place)?;
        if arguments.in_channels != 1 || arguments.outputs() != 1 {
            let found = format!("{} in, {} out", arguments.in_channels, arguments.outputs());
            let expected = "one: networks of several channels are imported, not trained";
            return Err(Error::invalid(place, "network.arguments: channels", found, expected));
        }
        let is_upsampler = !arguments.factor.is_empty();
        if !is_upsampler && arguments.context_features.is_some()
            || !is_upsampler && arguments.autoencoder.is_none() && !arguments.context_channels.is_empty()
        {
            let expected =
                "none but an upsampler's or an autoencoder's: networks with others are imported, not trained";
            return Err(Error::invalid(place, "network.arguments: context", "some", expected));
        }
        if arguments.autoencoder.as_ref().is_some_and(|autoencoder| autoencoder.bottleneck.is_some()) {
            let expected = "none: autoencoders with one are imported, not trained";
            return Err(Error::invalid(place, "network.arguments.autoencoder.bottleneck", "one", expected));
        }
        let samples = crop_frames * arguments.total_factor();
        if let Some(factor) = arguments.factor.iter().find(|factor| !samples.is_multiple_of(**factor)) {
            let expected =
                format!("so many that their samples, {samples}, are a multiple of the factor {factor}");
            return Err(Error::invalid(place, "training.crop_frames", crop_frames, expected));
        }
        within(place, "network.rate_hz", self.rate_hz, 4000..=192_000)?;
        within(place, "network.sigma_mean", self.sigma_mean, -20.0..=20.0)?;
        within(place, "network.sigma_std", self.sigma_std, 0.0..=20.0)?;
        self.diffusion.validate(place).map_err(|e| e.within(place, "network.diffusion"))
    }
}
