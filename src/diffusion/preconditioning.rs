//! Diffusions whose levels are σ, of x = x₀ + σ·ε: how a network is told of them, and what its output means.
//!
//! They are those of audio-diffusion-pytorch 0.0.60. x is kept as the network takes it, scaled by c_in, so that a sampler
//! sees the same two scales of signal and noise as along any other levels.

use serde::{Deserialize, Serialize};

use super::{Evaluation, Prediction, Threshold};
use crate::{Error, Result};

/// What a network with such levels was trained for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Preconditioning {
    /// K-diffusion (Karras et al. 2022, table 1 and equation 7). The network is told ¼·ln σ.
    K {
        /// Standard deviation of the signals.
        sigma_data: f64,
        /// Which share of a signal that was found lies within what is taken for full scale; 0 limits every value to ±1.
        #[serde(default)]
        dynamic_threshold: f64,
    },
    /// V-diffusion (Salimans and Ho 2022) for signals of unit deviation. The network is told t = 2/π·atan σ.
    V,
}

impl Preconditioning {
    /// Checks that its numbers are in their range.
    ///
    /// # Errors
    /// Names `place` and the field.
    pub fn validate(&self, place: &str) -> Result<()> {
        let Self::K { sigma_data, dynamic_threshold } = *self else { return Ok(()) };
        if !(sigma_data > 0.0 && sigma_data.is_finite()) {
            return Err(Error::invalid(place, "sigma_data", sigma_data, "a number above 0"));
        }
        if !(0.0..=1.0).contains(&dynamic_threshold) {
            return Err(Error::invalid(place, "dynamic_threshold", dynamic_threshold, "0 to 1"));
        }
        Ok(())
    }

    /// What the network is told of σ.
    pub fn level(&self, sigma: f64) -> f64 {
        match self {
            Self::K { .. } => 0.25 * sigma.ln(),
            Self::V => sigma.atan() * std::f64::consts::FRAC_2_PI,
        }
    }

    /// Scales of the signal and of the noise in what the network takes at σ: c_in and c_in·σ.
    pub fn scales(&self, sigma: f64) -> [f64; 2] {
        let sigma_data = match self {
            Self::K { sigma_data, .. } => *sigma_data,
            Self::V => 1.0,
        };
        let c_in = 1.0 / sigma.hypot(sigma_data);
        [c_in, c_in * sigma]
    }

    /// The call of the network at σ.
    pub fn evaluation(&self, sigma: f64) -> Evaluation {
        let [signal_scale, noise_scale] = self.scales(sigma).map(|scale| scale as f32);
        Evaluation { level: self.level(sigma) as f32, signal_scale, noise_scale }
    }

    /// What the network predicts.
    pub fn prediction(&self) -> Prediction {
        match self {
            Self::K { sigma_data, .. } => Prediction::Preconditioned { sigma_data: *sigma_data as f32 },
            Self::V => Prediction::Velocity,
        }
    }

    /// How signals that were found are limited.
    pub fn threshold(&self) -> Option<Threshold> {
        match self {
            Self::K { dynamic_threshold, .. } => Some(Threshold { share: *dynamic_threshold as f32 }),
            Self::V => None,
        }
    }
}
