//! A UNet1d model from a state dict of audio-diffusion-pytorch, which does not tell its arguments, and those.

use std::path::Path;

use super::options::Said;
use crate::diffusion::Preconditioning;
use crate::model::{Card, ModelHeader};
use crate::network::unet1d::Arguments;
use crate::network::unet1d::names::{MARKER, rename};
use crate::network::{NetworkConfig, UNet1dConfig, Weights};
use crate::{Error, Result};

/// The rate of the package's examples.
const RATE_HZ: u32 = 22_050;

/// Whether the names of `weights` are a UNet1d's.
pub fn is_one(weights: &Weights) -> bool {
    weights.iter().any(|(name, _)| name.ends_with(MARKER))
}

/// Weights under our names, and the network that arguments under the package's own names say.
pub struct Named {
    pub weights: Weights,
    arguments: Arguments,
}

impl Named {
    /// Brings the `weights` of the file `place` under our names, and finds none of the tensors of the network that is said to be
    /// missing or of another shape: weights without values are enough.
    pub fn new(place: &str, weights: &Weights, said: &Said) -> Result<Self> {
        if !is_one(weights) {
            let first = weights
                .iter()
                .next()
                .map_or("no tensor at all".into(), |(name, _)| format!("\"{name}\" and others"));
            return Err(Error::invalid(place, "tensor names", first, format!("UNet1d's, such as {MARKER}")));
        }
        let Some(said) = &said.arguments else {
            let expected = "the network's arguments, which no state dict tells (remel convert --network unet1d --config ARGS.json)";
            return Err(Error::invalid(place, "arguments", "none", expected));
        };
        let named = rename(weights);
        let mut arguments = Arguments::parse(&said.place, &said.text, named.is_autoencoder)?;
        let UNet1dConfig { cross_attention, autoencoder, .. } = &mut arguments.config;
        *cross_attention = named.cross_attention;
        if let Some(autoencoder) = autoencoder {
            autoencoder.bottleneck = autoencoder.bottleneck.take().or(named.bottleneck);
        }
        arguments.config.validate(&said.place)?;
        named.weights.validate(place, &arguments.config.tensors())?;
        Ok(Self { weights: named.weights, arguments })
    }

    /// The header of the model in the file `path`, of which `said` is said; and what nobody says, a phrase each.
    pub fn header(&self, path: &Path, said: &Said) -> (ModelHeader, Vec<String>) {
        let Arguments { config, sigma_data, dynamic_threshold } = &self.arguments;
        let preconditioning = match *sigma_data {
            Some(sigma_data) => Preconditioning::K { sigma_data, dynamic_threshold: *dynamic_threshold },
            None => Preconditioning::V,
        };
        let mut assumed = Vec::new();
        if said.params.sample_rate.is_none() {
            assumed.push(format!("{RATE_HZ} Hz (--sample-rate)"));
        }
        if sigma_data.is_none() {
            assumed.push(
                "V-diffusion, as the package's models have it (sigma_data among the arguments, or --diffusion)"
                    .into(),
            );
        }
        let rate_hz = said.params.sample_rate.unwrap_or(RATE_HZ);
        (ModelHeader::unet1d(config.clone(), rate_hz, preconditioning, Card::imported(path)), assumed)
    }
}
