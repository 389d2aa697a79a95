//! Model files: our own `.safetensors`, and checkpoints of other programs.

mod import;
mod pytorch;
mod safetensors;
mod values;

pub use safetensors::save;

use std::path::Path;

use crate::mel::Dialect;
use crate::model::Model;
use crate::{Error, Result};

/// Reads a model: a Remel `.safetensors`, or a DiffWave checkpoint as `.pt`/`.pth`/`.ckpt` or `.safetensors`.
///
/// `dialect` overrides what a foreign checkpoint was trained on, which its file does not say.
///
/// # Errors
/// One line that names the file, the field or tensor, what was found and what was expected.
pub fn load(path: &Path, dialect: Option<&Dialect>) -> Result<Model> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    match extension.as_str() {
        "safetensors" => safetensors::load(path, dialect),
        "pt" | "pth" | "ckpt" => pytorch::load(path, dialect),
        other => {
            let expected = ".safetensors, .pt, .pth or .ckpt";
            Err(Error::invalid(path.display(), "extension", format!(".{other}"), expected))
        }
    }
}

/// The bundled model.
pub fn bundled() -> Model {
    let bytes = include_bytes!("../../assets/models/live.safetensors");
    safetensors::from_bytes(Path::new("the bundled model"), bytes, None).expect("the bundled model is valid")
}
