//! Models whose levels are σ.

use serde::{Deserialize, Serialize};

use crate::diffusion::{KarrasSchedule, Preconditioning};
use crate::network::{LevelKind, Network};
use crate::{Error, Result};

/// Steps where none are named: beyond them little is heard.
const STEPS: usize = 50;
/// σ where none are named: those that audio-diffusion-pytorch 0.0.60 samples with by itself.
const SCHEDULE: KarrasSchedule = KarrasSchedule { sigma_min: 1e-4, sigma_max: 3.0, rho: 9.0 };

/// How a model was trained and is sampled whose levels are σ, of x = x₀ + σ·ε.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigmaDiffusion {
    /// What its network was trained for.
    pub preconditioning: Preconditioning,
    /// The σ that sampling goes through.
    pub schedule: KarrasSchedule,
    /// How many of them it is meant to be sampled with, at least 2: sampling ends at the last.
    pub steps: usize,
}

impl SigmaDiffusion {
    /// That of a model for which only `preconditioning` is known.
    pub fn new(preconditioning: Preconditioning) -> Self {
        Self { preconditioning, schedule: SCHEDULE, steps: STEPS }
    }

    /// `steps` of its σ, from the largest down.
    ///
    /// # Errors
    /// Names `place` where they are fewer than two.
    pub(super) fn sigmas(&self, place: &str, steps: usize) -> Result<Vec<f64>> {
        match steps {
            0 | 1 => {
                let expected = "at least 2: the last σ is where sampling ends";
                Err(Error::invalid(place, "steps", steps, expected))
            }
            steps => Ok(self.schedule.sigmas(steps)),
        }
    }

    /// Checks that its numbers are in their range, and that `network` takes its levels.
    ///
    /// # Errors
    /// Names `place` and the field.
    pub(super) fn validate(&self, place: &str, network: &Network) -> Result<()> {
        self.preconditioning.validate(place).map_err(|e| e.within(place, "diffusion.preconditioning"))?;
        self.schedule.validate(place).map_err(|e| e.within(place, "diffusion.schedule"))?;
        self.sigmas(place, self.steps).map_err(|e| e.within(place, "diffusion"))?;
        let KarrasSchedule { sigma_min, sigma_max, .. } = self.schedule;
        let [least, most] = [sigma_min, sigma_max].map(|sigma| self.preconditioning.level(sigma) as f32);
        let taken = network.levels();
        let kind = network.level_kind();
        if kind != LevelKind::Steps || !(taken.contains(&least) && taken.contains(&most)) {
            let found = format!("σ that the network is told as {least} to {most}");
            let expected = match kind {
                LevelKind::Angles => "none: the network's levels are angles".to_owned(),
                LevelKind::SignalScales => "none: the network's levels are √ᾱ".to_owned(),
                LevelKind::Steps => format!("some within {} to {}, which it takes", taken.start(), taken.end()),
            };
            return Err(Error::invalid(place, "diffusion", found, expected));
        }
        Ok(())
    }
}
