//! A UNet1d model from a state dict of audio-diffusion-pytorch, which does not tell its arguments, and those.

use std::path::Path;

use super::catalog::Catalog;
use super::options::ImportOptions;
use crate::diffusion::Preconditioning;
use crate::model::{Card, Model, ModelHeader};
use crate::network::unet1d::Arguments;
use crate::network::unet1d::names::{MARKER, Named, rename};
use crate::network::{NetworkConfig, UNet1dConfig, Weights};
use crate::{Error, Result};

/// The rate of the package's examples.
const RATE_HZ: u32 = 22_050;

/// Whether the names of `weights` are a UNet1d's.
pub fn is_one(weights: &Weights) -> bool {
    weights.iter().any(|(name, _)| name.ends_with(MARKER))
}

/// The network that arguments under the package's own names say, once none of its tensors is found to be missing or of another
/// shape: weights without values are enough.
fn recognize(place: &str, options: &ImportOptions, named: &Named) -> Result<Arguments> {
    let Some(said) = &options.arguments else {
        let expected = "the network's arguments, which no state dict tells (remel convert --network unet1d --config ARGS.json)";
        return Err(Error::invalid(place, "arguments", "none", expected));
    };
    let mut arguments = Arguments::parse(&said.place, &said.text, named.is_autoencoder)?;
    let UNet1dConfig { cross_attention, autoencoder, .. } = &mut arguments.config;
    *cross_attention = named.cross_attention;
    if let Some(autoencoder) = autoencoder {
        autoencoder.bottleneck = autoencoder.bottleneck.take().or_else(|| named.bottleneck.clone());
    }
    arguments.config.validate(&said.place)?;
    named.weights.validate(place, &arguments.config.tensors())?;
    Ok(arguments)
}

/// Puts a model together from the tensors of the file `path`, of which its user says `options`; and what neither says, a phrase
/// each.
pub fn import(path: &Path, mut catalog: Catalog, options: &ImportOptions) -> Result<(Model, Vec<String>)> {
    let place = path.display().to_string();
    let hollow = catalog.hollow();
    if !is_one(&hollow) {
        let first = hollow
            .iter()
            .next()
            .map_or("no tensor at all".into(), |(name, _)| format!("\"{name}\" and others"));
        return Err(Error::invalid(&place, "tensor names", first, format!("UNet1d's, such as {MARKER}")));
    }
    recognize(&place, options, &rename(&hollow))?;
    // Now that they are known to be a network's, they are read.
    let named = rename(&catalog.read(path, "")?);
    let Arguments { config, sigma_data, dynamic_threshold } = recognize(&place, options, &named)?;
    let preconditioning = match sigma_data {
        Some(sigma_data) => Preconditioning::K { sigma_data, dynamic_threshold },
        None => Preconditioning::V,
    };
    let mut assumed = Vec::new();
    if options.rate_hz.is_none() {
        assumed.push(format!("{RATE_HZ} Hz (--sample-rate)"));
    }
    if sigma_data.is_none() {
        assumed.push(
            "V-diffusion, as the package's models have it (sigma_data among the arguments, or --diffusion)"
                .into(),
        );
    }
    let rate_hz = options.rate_hz.unwrap_or(RATE_HZ);
    let header = ModelHeader::unet1d(config, rate_hz, preconditioning, Card::imported(path));
    Ok((Model::new(&place, header, named.weights)?, assumed))
}
