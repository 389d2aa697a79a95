//! A BandWave model from its reference's file: a state dict, and the network's arguments as JSON.

use std::path::Path;

use serde::Deserialize;

use crate::diffusion::{Clamp, SamplerKind};
use crate::domain::Prior;
use crate::mel::Dialect;
use crate::model::{Card, Model, ModelHeader};
use crate::network::{BandWaveConfig, Weights};
use crate::{Error, Result};

/// The metadata entry that holds the arguments.
pub const CONFIG: &str = "config";
/// Steps that a model is meant to be sampled in.
const STEPS: usize = 4;

/// The arguments of the reference's network.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    channels: usize,
    layers: usize,
    cycle: usize,
    look_ahead: usize,
    level: usize,
    #[serde(default = "first_dialect")]
    dialect: String,
}

fn first_dialect() -> String {
    BandWaveConfig::DIALECTS[0].into()
}

/// Puts a model together from the `weights` of the file `path` and its `arguments`.
pub fn import(path: &Path, arguments: &str, weights: Weights) -> Result<Model> {
    let place = path.display().to_string();
    let refused = |e| Error::invalid(&place, format!("metadata {CONFIG}"), e, "BandWave's arguments");
    let arguments: Arguments = serde_json::from_str(arguments).map_err(refused)?;
    let dialect = BandWaveConfig::dialect(&place, "dialect", &arguments.dialect)?;
    let network = network(&arguments, &dialect);
    let header = ModelHeader {
        network: network.into(),
        rate_hz: dialect.rate_hz,
        dialect: Some(dialect),
        classes: Vec::new(),
        null_label: false,
        training_betas: Vec::new(),
        inference_betas: Vec::new(),
        angle_steps: Some(STEPS),
        sampler: SamplerKind::Ancestral,
        clamp: Clamp::Never,
        prior: Some(Prior::Stft),
        phase: None,
        temperature: 1.0,
        card: Card {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            licence: "unknown".into(),
            provenance: format!("imported from {place}"),
            trained_steps: 0,
        },
    };
    Model::new(&place, header, weights)
}

/// The network of `arguments`, whose frames are those of `dialect`.
fn network(arguments: &Arguments, dialect: &Dialect) -> BandWaveConfig {
    BandWaveConfig {
        channels: arguments.channels,
        layers: arguments.layers,
        cycle: arguments.cycle,
        look_ahead: arguments.look_ahead,
        level: arguments.level,
        n_mels: dialect.n_mels,
        hop: dialect.hop,
        bins: dialect.n_fft / 2 + 1,
        bands: BandWaveConfig::bands_of(dialect),
    }
}
