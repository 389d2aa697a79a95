//! The ranges of all fields.

use super::diffwave::UNCONDITIONAL;
use super::{
    DiffWaveNetwork, Levels, NetworkConfig, Objective, Prior, ScheduleConfig, TrainConfig, TrainingConfig,
};
use crate::diffusion::Schedule;
use crate::network::DiffWaveConfig;
use crate::train::range::within;
use crate::{Error, Result};

/// The largest 64-bit integer of TOML.
const MOST_STEPS: u64 = i64::MAX as u64;

impl TrainConfig {
    /// Refuses values that nothing can be trained with.
    ///
    /// # Errors
    /// Names `place`, the first field that is wrong, what was found and what was expected.
    pub fn validate(&self, place: &str) -> Result<()> {
        if self.model.extension().is_none_or(|extension| extension != "safetensors") {
            return Err(Error::invalid(place, "model", self.model.display(), "a file name in .safetensors"));
        }
        for (field, text) in [("name", self.card_name()), ("licence", self.licence.clone())] {
            if text.trim().is_empty() || text.contains('\n') {
                return Err(Error::invalid(place, field, format!("{text:?}"), "a line of text"));
            }
        }
        self.schedule.validate(place)?;
        self.data.validate(place)?;
        self.training.validate(place)?;
        if let Some(embeddings) = self.data.embeddings.as_ref().filter(|_| !self.network.is_told_embeddings()) {
            let expected = "none: the network is not conditioned on an embedding";
            return Err(Error::invalid(place, "data.embeddings", embeddings.display(), expected));
        }
        match &self.network {
            NetworkConfig::BandWave(network) => self.validate_bandwave(place, network.as_ref()),
            NetworkConfig::DiffWave(network) => self.validate_diffwave(place, network),
            NetworkConfig::UNet1d(network) => self.validate_unet1d(place, network),
            NetworkConfig::WaveGrad(network) => self.validate_wavegrad(place, network),
        }
    }

    /// Refuses what a training of DiffWave has no place for.
    fn validate_diffwave(&self, place: &str, network: &DiffWaveNetwork) -> Result<()> {
        network.validate(place)?;
        if let Some(phase) = &self.phase {
            phase.validate(place)?;
            if network.conditioner == UNCONDITIONAL {
                let expected =
                    "none, as network.conditioner is \"none\": phases are reconstructed from mel frames";
                return Err(Error::invalid(place, "phase", "a table", expected));
            }
        }
        if self.training.shaped_weight > 0.0 && network.prior != Prior::Spectral {
            let expected = "0, or network.prior = \"spectral\": nothing else shapes the signal";
            return Err(Error::invalid(place, "training.shaped_weight", self.training.shaped_weight, expected));
        }
        if self.training.objective == Objective::Variational {
            self.validate_variational(place, network)?;
        }
        let most_steps = match self.training.objective {
            Objective::Ddpm | Objective::Variational => None,
            Objective::Distill => Some(64),
            Objective::Consistency => Some(3),
        };
        match (&self.distill, most_steps) {
            (None, Some(_)) => {
                let expected = "a table: the training.objective is to learn from a teacher";
                Err(Error::invalid(place, "distill", "nothing", expected))
            }
            (Some(_), None) => {
                let expected = "none, or training.objective = \"distill\" or \"consistency\"";
                Err(Error::invalid(place, "distill", "a table", expected))
            }
            (Some(distill), Some(most)) => within(place, "distill.steps", distill.steps, 1..=most),
            (None, None) => Ok(()),
        }
    }
}

impl TrainConfig {
    /// Refuses what the variational bound has no place for.
    fn validate_variational(&self, place: &str, network: &DiffWaveNetwork) -> Result<()> {
        let training = &self.training;
        let refuse = |field: &str, found: &str, expected: &str| {
            let expected = format!("{expected}, as training.objective is \"variational\"");
            Err(Error::invalid(place, field, found, expected))
        };
        if network.conditioner != UNCONDITIONAL {
            return refuse("network.conditioner", &network.conditioner, "none");
        }
        if training.spectral_weight > 0.0 {
            return refuse("training.spectral_weight", &training.spectral_weight.to_string(), "0");
        }
        if training.levels != Levels::Steps || training.fast_levels.is_some() {
            return refuse("training.levels and fast_levels", "one of them", "neither");
        }
        Ok(())
    }
}

impl DiffWaveNetwork {
    fn validate(&self, place: &str) -> Result<()> {
        within(place, "network.channels", self.channels, 1..=1024)?;
        within(place, "network.layers", self.layers, 1..=256)?;
        within(place, "network.dilation_cycle", self.dilation_cycle, 1..=16)?;
        let dialect = self.dialect().map_err(|_| {
            let names = crate::mel::Dialect::names().join(", ");
            let found = format!("\"{}\"", self.conditioner);
            Error::invalid(place, "network.conditioner", found, format!("none, or one of {names}"))
        })?;
        match (dialect, self.rate_hz) {
            (Some(dialect), _) if dialect.hop != DiffWaveConfig::HOP => {
                let found = format!("{}, whose hop is {} samples", dialect.name, dialect.hop);
                let expected = format!("a mel dialect with a hop of {}", DiffWaveConfig::HOP);
                Err(Error::invalid(place, "network.conditioner", found, expected))
            }
            (Some(dialect), Some(rate_hz)) if rate_hz != dialect.rate_hz => {
                let expected = format!("{}, the rate of {}", dialect.rate_hz, dialect.name);
                Err(Error::invalid(place, "network.rate_hz", rate_hz, expected))
            }
            (None, _) if self.prior != Prior::None => {
                let expected = "none: an unconditional network has no mel to shape its noise by";
                Err(Error::invalid(place, "network.prior", "one", expected))
            }
            (_, rate_hz) => within(place, "network.rate_hz", rate_hz.unwrap_or(22_050), 4000..=192_000),
        }
    }
}

impl ScheduleConfig {
    fn validate(&self, place: &str) -> Result<()> {
        within(place, "schedule.steps", self.steps, 1..=100_000)?;
        within(place, "schedule.beta_min", self.beta_min, 1e-9..=0.999)?;
        within(place, "schedule.beta_max", self.beta_max, self.beta_min..=0.999)?;
        for beta in &self.inference_betas {
            within(place, "schedule.inference_betas", *beta, 1e-9..=0.999)?;
        }
        if self.inference_betas.is_empty() {
            return Err(Error::invalid(place, "schedule.inference_betas", "none", "at least one"));
        }
        let most = |schedule: Schedule| (1.0 - schedule.alpha_bars()[schedule.len() - 1]).sqrt();
        let (trained, sampled) = (most(self.training()?), most(self.inference()?));
        if sampled > trained + 1e-9 {
            let found = format!("noise up to {sampled:.4}");
            let expected = format!("at most the {trained:.4} that the training schedule reaches");
            return Err(Error::invalid(place, "schedule.inference_betas", found, expected));
        }
        Ok(())
    }
}

impl TrainingConfig {
    fn validate(&self, place: &str) -> Result<()> {
        within(place, "training.spectral_weight", self.spectral_weight, 0.0..=1000.0)?;
        within(place, "training.shaped_weight", self.shaped_weight, 0.0..=1000.0)?;
        within(place, "training.fast_levels", self.fast_share(), 0.0..=1.0)?;
        within(place, "training.own", self.own, 0.0..=1.0)?;
        within(place, "training.batch", self.batch, 1..=4096)?;
        within(place, "training.crop_frames", self.crop_frames, 1..=4096)?;
        within(place, "training.accumulate", self.accumulate, 1..=4096)?;
        within(place, "training.learning_rate", self.learning_rate, 1e-9..=1.0)?;
        within(place, "training.warmup_steps", self.warmup_steps, 0..=MOST_STEPS)?;
        within(place, "training.total_steps", self.total_steps, 1..=MOST_STEPS)?;
        if let Some(minutes) = self.minutes {
            within(place, "training.minutes", minutes, 0.01..=1e6)?;
        }
        within(place, "training.gradient_clip", self.gradient_clip, 1e-6..=1e6)?;
        within(place, "training.ema", self.ema, 0.0..=0.999_999)?;
        within(place, "training.checkpoint_minutes", self.checkpoint_minutes, 0.01..=1e6)?;
        within(place, "training.validate_steps", self.validate_steps, 1..=MOST_STEPS)
    }
}
