//! Model files in memory.

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{pytorch, safetensors};
use crate::mel::Dialect;
use crate::model::Model;
use crate::{Error, Result};

/// Reads the model in the file `path`.
pub(super) fn load(path: &Path, dialect: Option<&Dialect>) -> Result<Model> {
    match Format::of(path)? {
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
    /// A Remel file that is built in, under the name `name`.
    pub(super) fn built_in(name: &str, bytes: &'static [u8]) -> Self {
        Self { path: name.into(), format: Format::Safetensors, bytes: bytes.into() }
    }

    /// Reads any file that [`super::load`] takes.
    ///
    /// # Errors
    /// Its extension is none of a model's, or the system refuses it.
    pub fn read(path: &Path) -> Result<Self> {
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
    /// As [`super::load`].
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
