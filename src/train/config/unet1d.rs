//! A UNet1d network to be trained, and how it is along σ.

use std::f64::consts::FRAC_PI_2;

use serde_json::{Map, Value};

use crate::diffusion::Preconditioning;
use crate::network::UNet1dConfig;
use crate::network::unet1d::Arguments;
use crate::{Error, Result};

/// Arguments of the package that are said elsewhere in a configuration.
const OF_TRAINING: [&str; 3] = ["embedding_mask_proba", "diffusion_sigma_distribution", "sigma_distribution"];
/// Most of the way to σ without end that V-diffusion draws: beyond it a signal is not told from noise.
const MOST_SHARE: f64 = 0.9999;

/// A UNet1d network that makes mono sound of noise: told nothing beside the level, or what an upsampler, an autoencoder or a
/// network with an embedding is.
#[derive(Clone, Debug, PartialEq)]
pub struct UNet1dNetwork {
    /// The network, under the names of audio-diffusion-pytorch's arguments.
    pub arguments: UNet1dConfig,
    /// Sample rate.
    pub rate_hz: u32,
    /// What it is trained for: K-diffusion with its `sigma_data`, or V-diffusion.
    pub diffusion: Preconditioning,
    /// Mean of ln σ, of K-diffusion.
    pub sigma_mean: f64,
    /// Standard deviation of ln σ, of K-diffusion.
    pub sigma_std: f64,
}

/// Where σ are drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SigmaDistribution {
    /// A log-normal distribution (Karras et al. 2022, table 1).
    LogNormal {
        /// Mean of ln σ.
        mean: f64,
        /// Its standard deviation.
        std: f64,
    },
    /// t = 2/π·atan σ evenly from 0 to 1. (`VDistribution` of the package means to, but draws Gaussians.)
    Even,
}

impl SigmaDistribution {
    /// The σ of two numbers that are drawn evenly from 0 to 1.
    pub fn draw(self, first: f64, second: f64) -> f64 {
        match self {
            Self::LogNormal { mean, std } => {
                // Box and Muller 1958.
                let radius = (-2.0 * (1.0 - first).ln()).sqrt();
                (mean + std * radius * (4.0 * FRAC_PI_2 * second).cos()).exp()
            }
            Self::Even => (FRAC_PI_2 * first.min(MOST_SHARE)).tan(),
        }
    }
}

impl UNet1dNetwork {
    /// The network of the package's `arguments` at 22 050 Hz, trained for V-diffusion where they hold no `sigma_data`, and with
    /// the package's own numbers of K-diffusion.
    ///
    /// # Errors
    /// Those of the arguments.
    pub fn of(arguments: Map<String, Value>) -> Result<Self> {
        if let Some(name) = OF_TRAINING.iter().find(|name| arguments.contains_key(**name)) {
            let expected =
                "none: data.label_dropout, network.sigma_mean and network.sigma_std are what is read";
            return Err(Error::invalid("network.arguments", name, "one", expected));
        }
        let Arguments { config, sigma_data, dynamic_threshold } =
            Arguments::of("network.arguments", arguments, false)?;
        let diffusion = match sigma_data {
            Some(sigma_data) => Preconditioning::K { sigma_data, dynamic_threshold },
            None => Preconditioning::V,
        };
        Ok(Self { arguments: config, rate_hz: 22_050, diffusion, sigma_mean: -3.0, sigma_std: 1.0 })
    }

    /// The arguments as a table.
    pub(super) fn table(&self) -> Map<String, Value> {
        match serde_json::to_value(&self.arguments) {
            Ok(Value::Object(arguments)) => arguments,
            _ => Map::new(),
        }
    }

    /// Where σ are drawn from in its training.
    pub fn sigmas(&self) -> SigmaDistribution {
        match self.diffusion {
            Preconditioning::K { .. } => {
                SigmaDistribution::LogNormal { mean: self.sigma_mean, std: self.sigma_std }
            }
            Preconditioning::V => SigmaDistribution::Even,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sigmas_are_distributed_as_they_are_said_to_be() {
        let draws: Vec<f64> = (0..10_000)
            .map(|index| {
                let (first, second) =
                    ((index as f64 * 0.618_033_988_7).fract(), (index as f64 + 0.5) / 10_000.0);
                SigmaDistribution::LogNormal { mean: -3.0, std: 2.0 }.draw(first, second).ln()
            })
            .collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!((mean + 3.0).abs() < 0.05 && (variance.sqrt() - 2.0).abs() < 0.05, "{mean}, {variance}");
        for share in [0.0, 0.25, 0.5, 0.9] {
            let t = SigmaDistribution::Even.draw(share, 0.3).atan() / FRAC_PI_2;
            assert!((t - share).abs() < 1e-12, "{t}");
        }
        assert!(SigmaDistribution::Even.draw(1.0, 0.0).is_finite());
    }
}
