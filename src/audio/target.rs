//! What the path of a result leads to.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, IsTerminal, Result as IoResult};
use std::path::{Path, PathBuf};

use super::identity::FileIdentity;
use super::temporary::{folder_of, without_path};
use crate::{Error, Result};

/// The path that means standard output, and where something is read standard input.
pub const STANDARD: &str = "-";

/// Links that are followed to where nothing is yet, as many as Linux follows.
const MOST_LINKS: usize = 40;

/// What the path of a result leads to.
#[derive(Debug)]
pub enum Target {
    /// Standard output.
    Standard,
    /// A pipe or a device, or a file without a path of its own: written to as it is.
    Through,
    /// A file that is replaced as a whole, or made.
    File {
        /// Its own path, behind every link.
        path: PathBuf,
        /// What is there.
        old: Option<Metadata>,
    },
    /// A folder, which nothing can be written to.
    Folder,
}

impl Target {
    /// What `path` leads to.
    pub fn of(path: &Path) -> IoResult<Self> {
        if path.as_os_str() == STANDARD {
            return Ok(Self::Standard);
        }
        let metadata = match path.metadata() {
            Ok(metadata) => metadata,
            Err(e) if e.kind() == ErrorKind::NotFound && names_folder(path) => return Ok(Self::Folder),
            Err(e) if e.kind() == ErrorKind::NotFound => {
                return Ok(Self::File { path: behind_links(path)?, old: None });
            }
            Err(e) => return Err(e),
        };
        if metadata.is_dir() {
            return Ok(Self::Folder);
        }
        let identity = FileIdentity::of(path);
        // Opened by its path, a file would be written from its start, over what went to standard output before.
        if identity.is_some() && identity == FileIdentity::standard_output() {
            return Ok(Self::Standard);
        }
        match path.canonicalize() {
            // A link of /proc to an open file may lead to a file whose name is gone, or is another's by now.
            Ok(own) if metadata.is_file() && FileIdentity::of(&own) == identity => {
                Ok(Self::File { path: own, old: Some(metadata) })
            }
            _ => Ok(Self::Through),
        }
    }
}

/// Whether `path` ends as only a folder's can.
pub fn names_folder(path: &Path) -> bool {
    let last = path.as_os_str().as_encoded_bytes().last();
    last.is_some_and(|byte| std::path::is_separator(char::from(*byte)))
}

/// Where a path leads at whose end nothing is.
fn behind_links(path: &Path) -> IoResult<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match path.read_link() {
            Ok(next) => path = folder_of(&path).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(ErrorKind::NotFound.into())
}

/// Whether `path` is standard output, a pipe or a device, whose name says nothing of what is written there.
pub fn is_stream(path: &Path) -> bool {
    matches!(Target::of(path), Ok(Target::Standard | Target::Through))
}

/// Whether a result can be written to `path`, found out before it is computed; nothing that is there changes.
///
/// # Errors
/// Where `path` is a folder, a terminal or a file that is not to be written, or lies in a folder that is missing or not to be
/// written.
pub fn check_output(path: &Path) -> Result<()> {
    let found = |found: &str| Err(Error::invalid(output_name(path), "output", found, "a file or a pipe"));
    match Target::of(path).map_err(|e| Error::io(path, e))? {
        Target::Folder => found("a folder"),
        Target::Standard if std::io::stdout().is_terminal() => found("a terminal"),
        Target::Standard | Target::Through => Ok(()),
        Target::File { path: own, old } => writable(&own, old.is_some()).map_err(|e| Error::io(path, e)),
    }
}

/// What errors call `path`, to which something is written.
pub fn output_name(path: &Path) -> String {
    if path.as_os_str() == STANDARD { "standard output".into() } else { path.display().to_string() }
}

/// Whether a file can be made in the folder of `path`; and where there is one, whether it can be written.
fn writable(path: &Path, there: bool) -> IoResult<()> {
    let folder = folder_of(path);
    folder.metadata()?;
    if there {
        // Renaming would replace a file that its owner has made read-only.
        File::options().write(true).open(path)?;
    }
    match tempfile::tempfile_in(folder).map_err(without_path) {
        // What is there is then written in place.
        Err(e) if there && e.kind() == ErrorKind::PermissionDenied => Ok(()),
        made => made.map(drop),
    }
}
