//! Arguments of a foreign network, as JSON under its program's own names.

use std::path::Path;

use crate::{Error, Result};

/// What a network was made with, and the file that says so.
#[derive(Clone, Debug)]
pub struct Arguments {
    pub(super) place: String,
    pub(super) text: String,
}

impl Arguments {
    /// Those in the file `path`.
    ///
    /// # Errors
    /// Names the file, where the system refuses it.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, e))?;
        Ok(Self { place: path.display().to_string(), text })
    }
}
