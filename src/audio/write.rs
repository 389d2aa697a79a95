//! Writing files whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Result as IoResult, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::{Error, Result};

/// Writes a file through a neighbour that is renamed onto `path` once `write` has succeeded: whatever fails, no
/// half-written file stays behind, and an older file at `path` stays as it was.
///
/// # Errors
/// With `path` and the system's answer.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut BufWriter<&mut File>) -> IoResult<()>) -> Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let attempt = || -> IoResult<()> {
        // What is not there says so in the system's own words.
        std::fs::metadata(folder)?;
        let mut neighbour = NamedTempFile::new_in(folder).map_err(without_path)?;
        let mut buffer = BufWriter::new(neighbour.as_file_mut());
        write(&mut buffer)?;
        buffer.flush()?;
        drop(buffer);
        share(neighbour.as_file())?;
        neighbour.persist(path).map_err(|e| e.error)?;
        Ok(())
    };
    attempt().map_err(|e| Error::io(path, e))
}

/// What kind of error it is: tempfile wraps the system's into one that names its own random path, which the user never gave.
fn without_path(error: std::io::Error) -> std::io::Error {
    if error.raw_os_error().is_some() { error } else { error.kind().into() }
}

/// A temporary file is its owner's alone; an output file is what any program would write.
#[cfg(unix)]
fn share(file: &File) -> IoResult<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn share(_file: &File) -> IoResult<()> {
    Ok(())
}
