//! Model files: our own `.safetensors`, and checkpoints of other programs.

mod bandwave;
mod bundled;
mod import;
mod pytorch;
mod safetensors;
mod values;

pub use bundled::Bundled;
pub use safetensors::{WeightType, save, save_as};

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::mel::Dialect;
use crate::model::Model;
use crate::{Error, Result};

/// Reads a model: a bundled one by its name, a Remel `.safetensors`, a DiffWave checkpoint as `.pt`/`.pth`/`.ckpt` or
/// `.safetensors`, or the file of BandWave's reference.
///
/// `dialect` overrides what a foreign checkpoint was trained on, which its file does not say.
///
/// # Errors
/// One line that names the file, the field or tensor, what was found and what was expected.
pub fn load(path: &Path, dialect: Option<&Dialect>) -> Result<Model> {
    match Bundled::named(path).map_or_else(|| Format::of(path), |_| Ok(Format::Safetensors))? {
        Format::Safetensors => ModelFile::read(path)?.parse(dialect),
        Format::PyTorch => pytorch::load(path, path, dialect),
    }
}

/// A model file's bytes, read once: for who tells models by their content before parsing them.
pub struct ModelFile {
    path: PathBuf,
    format: Format,
    bytes: Cow<'static, [u8]>,
}

impl ModelFile {
    /// Reads any file that [`load`] takes, and knows the bundled models by their names.
    ///
    /// # Errors
    /// Its extension is none of a model's, or the system refuses it.
    pub fn read(path: &Path) -> Result<Self> {
        if let Some(bundled) = Bundled::named(path) {
            return Ok(bundled.file());
        }
        let format = Format::of(path)?;
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, e))?.into();
        Ok(Self { path: path.to_owned(), format, bytes })
    }

    /// Where the file lies, for the user's eyes.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All that is in the file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The model in it.
    ///
    /// # Errors
    /// As [`load`].
    pub fn parse(&self, dialect: Option<&Dialect>) -> Result<Model> {
        match self.format {
            Format::Safetensors => safetensors::from_bytes(&self.path, &self.bytes, dialect),
            // Its reader takes files alone, and the one at `path` may be another by now.
            Format::PyTorch => {
                let copy = tempfile::NamedTempFile::new().and_then(|mut copy| {
                    copy.write_all(&self.bytes)?;
                    Ok(copy)
                });
                let copy = copy.map_err(|e| Error::io(&std::env::temp_dir(), e))?;
                pytorch::load(copy.path(), &self.path, dialect)
            }
        }
    }
}

/// How a model file is written.
#[derive(Clone, Copy)]
enum Format {
    Safetensors,
    PyTorch,
}

impl Format {
    /// What the extension of `path` says.
    fn of(path: &Path) -> Result<Self> {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        match extension.as_str() {
            "safetensors" => Ok(Self::Safetensors),
            "pt" | "pth" | "ckpt" => Ok(Self::PyTorch),
            other => {
                let expected = ".safetensors, .pt, .pth or .ckpt";
                Err(Error::invalid(path.display(), "extension", format!(".{other}"), expected))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelHeader;

    fn live() -> Model {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models/live.safetensors");
        load(&path, None).unwrap()
    }

    #[test]
    fn a_file_read_whole_is_the_model_that_was_there_then() {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diffwave/lmnt_8x4x2");
        let folder = tempfile::tempdir().unwrap();
        for name in ["weights.pt", "weights.safetensors"] {
            let path = folder.path().join(name);
            std::fs::copy(fixtures.join(name), &path).unwrap();
            let there = load(&path, None).unwrap();
            let file = ModelFile::read(&path).unwrap();
            std::fs::write(&path, "something else").unwrap();
            assert_eq!(file.parse(None).unwrap(), there);
            assert_eq!(file.path(), path);
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_read_whole_is_said_of_the_file() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bad/truncated.pt");
        let message = ModelFile::read(&path).unwrap().parse(None).unwrap_err().to_string();
        assert_eq!(message, load(&path, None).unwrap_err().to_string());
    }

    #[test]
    fn a_header_that_asks_for_more_than_any_model_needs_is_refused() {
        let bundled = live();
        let refusal = |change: fn(&mut ModelHeader)| {
            let mut header = bundled.header().clone();
            change(&mut header);
            Model::new("x.safetensors", header, bundled.weights().clone()).unwrap_err().to_string()
        };
        let faster = |header: &mut ModelHeader| {
            header.rate_hz = 4_000_000_000;
            header.dialect.as_mut().unwrap().rate_hz = header.rate_hz;
        };
        assert_eq!(refusal(faster), "x.safetensors: rate_hz: found 4000000000, expected 1000 to 384000");
        let longer = |header: &mut ModelHeader| header.inference_betas = vec![1e-6; 20_000];
        assert_eq!(refusal(longer), "x.safetensors: inference_betas: found 20000 steps, expected at most 1000");
    }
}
