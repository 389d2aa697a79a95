//! A BandWave model from its reference's file: a state dict, and the network's arguments as JSON.

use std::path::Path;

use serde::Deserialize;

use crate::model::{Card, Model, ModelHeader};
use crate::network::{BandWaveConfig, BandWaveSizes, Weights};
use crate::{Error, Result};

/// The metadata entry that holds the arguments.
pub const CONFIG: &str = "config";

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
    let Arguments { channels, layers, cycle, look_ahead, level, .. } = arguments;
    let network = BandWaveSizes { channels, layers, cycle, look_ahead, level }.under(&dialect);
    let header = ModelHeader::bandwave(network, dialect, Card::imported(path));
    Model::new(&place, header, weights)
}
