//! The schedule of σ of Karras et al. 2022.

use serde::{Deserialize, Serialize};

use super::schedule::spaced;
use crate::{Error, Result};

/// σ whose `rho`-th roots are evenly spaced (Karras et al. 2022, equation 5).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KarrasSchedule {
    /// The least σ.
    pub sigma_min: f64,
    /// The largest σ, that of the noise which sampling starts from.
    pub sigma_max: f64,
    /// How much denser they lie where σ is small.
    pub rho: f64,
}

impl KarrasSchedule {
    /// `steps` σ from the largest down to the least, both included, without a zero at the end.
    pub fn sigmas(&self, steps: usize) -> Vec<f64> {
        let root = |sigma: f64| sigma.powf(1.0 / self.rho);
        spaced(steps, root(self.sigma_max), root(self.sigma_min))
            .iter()
            .map(|root| root.powf(self.rho))
            .collect()
    }

    /// Checks that its numbers are in their range.
    ///
    /// # Errors
    /// Names `place` and the field.
    pub fn validate(&self, place: &str) -> Result<()> {
        let Self { sigma_min, sigma_max, rho } = *self;
        if !(sigma_min > 0.0 && sigma_min.is_finite()) {
            return Err(Error::invalid(place, "sigma_min", sigma_min, "a number above 0"));
        }
        if !(sigma_max > sigma_min && sigma_max.is_finite()) {
            let expected = format!("a number above sigma_min, {sigma_min}");
            return Err(Error::invalid(place, "sigma_max", sigma_max, expected));
        }
        if !(1e-2..=1e3).contains(&rho) {
            return Err(Error::invalid(place, "rho", rho, "0.01 to 1000"));
        }
        Ok(())
    }
}
