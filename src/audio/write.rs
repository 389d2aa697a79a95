//! Writing files whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Cursor, ErrorKind, Result as IoResult, Seek, Write};
use std::path::Path;

use super::target::{self, Target};
use super::temporary::Temporary;
use crate::{Error, Result};

/// What a file is written to.
pub trait WriteSeek: Write + Seek {}

impl<W: Write + Seek> WriteSeek for W {}

/// Writes a file whole or not at all.
///
/// A file is written beside `path` and renamed once `write` has succeeded: whatever fails, no half-written file stays behind,
/// and an older file at `path` stays as it was; replaced, it keeps its mode, and a link that leads to it stays. A pipe or a
/// device at `path` is written to, and so is a file that may be written in a folder that may not. `-` is standard output.
///
/// # Errors
/// With `path` and the system's answer.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut dyn WriteSeek) -> IoResult<()>) -> Result<()> {
    attempt(path, false, write).map_err(|error| Error::Io { path: target::output_name(path), error })
}

/// The same, and waits until it is on the disk before the older file goes: after a loss of power one of the two is there.
///
/// # Errors
/// Those of [`write_whole`].
pub fn write_whole_and_sync(path: &Path, write: impl FnOnce(&mut dyn WriteSeek) -> IoResult<()>) -> Result<()> {
    attempt(path, true, write).map_err(|error| Error::Io { path: target::output_name(path), error })
}

fn attempt(path: &Path, sync: bool, write: impl FnOnce(&mut dyn WriteSeek) -> IoResult<()>) -> IoResult<()> {
    match Target::of(path)? {
        Target::Folder => Err(ErrorKind::IsADirectory.into()),
        Target::File { path: own, old } => {
            if old.is_some() {
                // Renaming would replace a file that its owner has made read-only.
                File::options().write(true).open(&own)?;
            }
            let mut temporary = match Temporary::beside(&own, old.as_ref()) {
                Err(e) if old.is_some() && e.kind() == ErrorKind::PermissionDenied => {
                    return in_place(&own, write);
                }
                temporary => temporary?,
            };
            let mut buffer = BufWriter::new(temporary.file());
            write(&mut buffer)?;
            buffer.flush()?;
            drop(buffer);
            if sync {
                temporary.file().sync_all()?;
            }
            temporary.persist(&own)
        }
        Target::Standard => {
            let bytes = in_memory(write)?;
            let mut stream = std::io::stdout().lock();
            stream.write_all(&bytes)?;
            stream.flush()
        }
        Target::Through => in_place(path, write),
    }
}

/// Writes to what is there: a pipe, a device, a file in a folder that takes no other.
fn in_place(path: &Path, write: impl FnOnce(&mut dyn WriteSeek) -> IoResult<()>) -> IoResult<()> {
    let bytes = in_memory(write)?;
    let is_file = path.metadata()?.is_file();
    File::options().write(true).truncate(is_file).open(path)?.write_all(&bytes)
}

/// What is written to a pipe, which cannot go back to put its length at its start.
fn in_memory(write: impl FnOnce(&mut dyn WriteSeek) -> IoResult<()>) -> IoResult<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    write(&mut bytes)?;
    Ok(bytes.into_inner())
}
