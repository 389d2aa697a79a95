//! The DiffWave of `assets/models`: causal, with the spectral prior and reconstructed phases.

use std::path::Path;

use remel::checkpoint;
use remel::model::Model;

/// The model.
pub fn live() -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models/live.safetensors");
    checkpoint::load(&path, None).expect("a model of the repository")
}
