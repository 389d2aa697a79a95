//! The arguments of the package's classes, under their own names, as what they say of a network.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::autoencoder::Autoencoder;
use super::config::UNet1dConfig;
use crate::{Error, Result};

/// Arguments of one of the package's classes: `UNet1d`, a model around it, and `KDiffusion` where it was trained with that.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments {
    /// The network.
    pub config: UNet1dConfig,
    /// Standard deviation of the data, of `KDiffusion`; none of a network of `VDiffusion`, as all of the package's models are.
    pub sigma_data: Option<f64>,
    /// The quantile of `KDiffusion`'s dynamic threshold.
    pub dynamic_threshold: f64,
}

/// Arguments that say nothing of a network at rest.
const TRAINING: [&str; 4] = [
    "embedding_mask_proba",
    "diffusion_sigma_distribution",
    "sigma_distribution",
    "use_classifier_free_guidance",
];
/// Arguments of the encoder of `DiffusionAutoencoder1d`.
const ENCODER: [&str; 5] =
    ["encoder_depth", "encoder_channels", "encoder_num_blocks", "encoder_out_layers", "bottleneck"];
/// What `AudioDiffusionAutoencoder` has where nothing is said.
const ENCODER_DEFAULTS: [(&str, usize); 2] = [("encoder_depth", 4), ("encoder_channels", 64)];
/// Arguments of models that are a network's own under another name.
const RENAMED: [(&str, &str); 3] = [
    ("embedding_features", "context_embedding_features"),
    ("embedding_max_length", "context_embedding_max_length"),
    ("factor_features", "context_features"),
];

impl Arguments {
    /// Reads the arguments in `text`, a JSON object, of the file `place`. What is not said is as in the package's models for
    /// audio; `is_autoencoder` says that there is an encoder, whether or not they say so.
    ///
    /// # Errors
    /// Names `place` and the first argument that there is none of, or that has a value which it cannot have.
    pub fn parse(place: &str, text: &str, is_autoencoder: bool) -> Result<Self> {
        let refused = |e: serde_json::Error| {
            Error::invalid(place, "arguments", e, "a JSON object of the originals' arguments")
        };
        Self::of(place, serde_json::from_str(text).map_err(refused)?, is_autoencoder)
    }

    /// Those of `arguments` that are read already.
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse).
    pub fn of(place: &str, mut arguments: Map<String, Value>, is_autoencoder: bool) -> Result<Self> {
        arguments.retain(|name, value| !(value.is_null() || TRAINING.contains(&name.as_str())));
        for (theirs, ours) in RENAMED {
            if let Some(value) = arguments.remove(theirs) {
                arguments.insert(ours.into(), value);
            }
        }
        let sigma_data = number(place, &mut arguments, "sigma_data")?;
        let dynamic_threshold = number(place, &mut arguments, "dynamic_threshold")?.unwrap_or(0.0);
        if let Some(factor) = arguments.get_mut("factor").filter(|factor| factor.is_number()) {
            *factor = Value::Array(vec![factor.take()]);
        }
        if arguments.contains_key("factor") {
            let channels = arguments.get("in_channels").cloned().unwrap_or_default();
            arguments.entry("context_channels").or_insert_with(|| Value::Array(vec![channels]));
        }
        let mut encoder: Map<String, Value> =
            ENCODER.iter().filter_map(|name| Some(((*name).to_owned(), arguments.remove(*name)?))).collect();
        let mut config: UNet1dConfig = object(place, arguments)?;
        if is_autoencoder || !encoder.is_empty() {
            for (name, value) in ENCODER_DEFAULTS {
                encoder.entry(name).or_insert_with(|| value.into());
            }
            let autoencoder: Autoencoder = object(place, encoder)?;
            if autoencoder.encoder_depth < config.multipliers.len() {
                config.context_channels = autoencoder.context_channels(&config);
            }
            config.autoencoder = Some(autoencoder);
        }
        config.validate(place)?;
        Ok(Self { config, sigma_data, dynamic_threshold })
    }
}

fn object<T: DeserializeOwned>(place: &str, arguments: Map<String, Value>) -> Result<T> {
    let refused =
        |e: serde_json::Error| Error::invalid(place, "arguments", e, "those of audio-diffusion-pytorch 0.0.60");
    serde_json::from_value(Value::Object(arguments)).map_err(refused)
}

fn number(place: &str, arguments: &mut Map<String, Value>, name: &str) -> Result<Option<f64>> {
    let Some(value) = arguments.remove(name) else { return Ok(None) };
    value.as_f64().map(Some).ok_or_else(|| Error::invalid(place, name, &value, "a number"))
}
