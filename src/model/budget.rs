//! What a header may ask for: checked before anything is made in its size.

use std::ops::RangeInclusive;

use super::ModelHeader;
use crate::network::Network;
use crate::{Error, Result};

/// Sample rates that models have: what lies outside would ask a resampler for gigabytes.
const RATES_HZ: RangeInclusive<u32> = 1_000..=384_000;
/// Most steps of a short schedule: a causal network keeps a history of each.
const MOST_INFERENCE_STEPS: usize = 1_000;
/// Most steps of a training schedule.
const MOST_TRAINING_STEPS: usize = 100_000;
/// Most points of a Fourier transform: three seconds at the rate of a CD.
const MOST_POINTS: usize = 1 << 17;
/// Most values that the network's calls of the short schedule look at beside a sample's own, all channels together: the
/// histories of a causal one, the margins of a window of another. A large DiffWave has some millions.
const MOST_REACHED_VALUES: usize = 1 << 26;
/// Most characters of a name.
const MOST_NAME: usize = 200;

impl ModelHeader {
    /// Refuses what would ask for more memory than any model has use for.
    ///
    /// # Errors
    /// Names `place` and the first field.
    pub(crate) fn check_budget(&self, place: &str) -> Result<()> {
        if !RATES_HZ.contains(&self.rate_hz) {
            let expected = format!("{} to {}", RATES_HZ.start(), RATES_HZ.end());
            return Err(Error::invalid(place, "rate_hz", self.rate_hz, expected));
        }
        let (short, steps) = match (&self.diffusion, self.angle_steps) {
            (Some(diffusion), _) => ("diffusion.steps", diffusion.steps),
            (None, Some(steps)) => ("angle_steps", steps),
            (None, None) => ("inference_betas", self.inference_betas.len()),
        };
        for (field, steps, most) in [
            (short, steps, MOST_INFERENCE_STEPS),
            ("training_betas", self.training_betas.len(), MOST_TRAINING_STEPS),
        ] {
            if steps > most {
                return Err(Error::invalid(place, field, format!("{steps} steps"), format!("at most {most}")));
            }
        }
        self.network.validate(place)?;
        self.check_reach(place, steps)?;
        if let Some(dialect) = &self.dialect {
            dialect.validate().map_err(|e| e.within(place, "dialect"))?;
            if dialect.n_fft > MOST_POINTS {
                return Err(Error::invalid(
                    place,
                    "dialect.n_fft",
                    dialect.n_fft,
                    format!("at most {MOST_POINTS}"),
                ));
            }
            check_name(place, "dialect.name", &dialect.name)?;
        }
        check_name(place, "card.name", &self.card.name)?;
        self.classes.iter().try_for_each(|name| check_name(place, "classes", name))
    }

    fn check_reach(&self, place: &str, steps: usize) -> Result<()> {
        let channels = match &self.network {
            Network::BandWave(config) => config.channels.saturating_mul(config.tokens()),
            Network::DiffWave(config) => config.channels,
            Network::UNet1d(config) => config.channels,
            // It keeps no history: a window's margins are of x.
            Network::WaveGrad(_) => 1,
        };
        let [before, after] = self.network.layout().reach;
        let values = (before + after).saturating_mul(channels).saturating_mul(steps);
        if values > MOST_REACHED_VALUES {
            let found = format!("a reach of {values} values in {steps} steps");
            return Err(Error::invalid(place, "network", found, format!("at most {MOST_REACHED_VALUES}")));
        }
        Ok(())
    }
}

/// Refuses a name that would not fit a line.
fn check_name(place: &str, field: &str, name: &str) -> Result<()> {
    if name.chars().any(char::is_control) || name.chars().count() > MOST_NAME {
        let found = format!("\"{}\"", name.chars().take(40).collect::<String>());
        return Err(Error::invalid(place, field, found, format!("a line of at most {MOST_NAME} characters")));
    }
    Ok(())
}
