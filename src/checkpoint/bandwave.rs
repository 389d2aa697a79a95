//! A BandWave model from its reference's file: a state dict, and the network's arguments as JSON.

use std::path::Path;

use serde::Deserialize;

use crate::model::{Card, ModelHeader};
use crate::network::{BandWaveConfig, BandWaveSizes};
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

/// The header of the model in the file `path`, by its `arguments`.
pub fn header(path: &Path, arguments: &str) -> Result<ModelHeader> {
    let place = path.display().to_string();
    let refused = |e| Error::invalid(&place, format!("metadata {CONFIG}"), e, "BandWave's arguments");
    let arguments: Arguments = serde_json::from_str(arguments).map_err(refused)?;
    let dialect = BandWaveConfig::dialect(&place, "dialect", &arguments.dialect)?;
    let Arguments { channels, layers, cycle, look_ahead, level, .. } = arguments;
    let network = BandWaveSizes { channels, layers, cycle, look_ahead, level }.under(&dialect);
    Ok(ModelHeader::bandwave(network, dialect, Card::imported(path)))
}
