//! Files that are not finished yet, and what becomes of them when the process is told to end.

use std::fs::{File, Metadata};
use std::io::Result as IoResult;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use tempfile::{Builder, NamedTempFile};

/// Every unfinished file of this process.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A file beside the one that it is to become. It goes when it is dropped.
pub struct Temporary {
    file: NamedTempFile,
    _listed: Listed,
}

impl Temporary {
    /// A file in the folder of `target`: with the owner and mode of what is there, `old`, else as the umask says.
    pub fn beside(target: &Path, old: Option<&Metadata>) -> IoResult<Self> {
        let folder = folder_of(target);
        // What is not there says so in the system's own words.
        folder.metadata()?;
        let mut unfinished = UNFINISHED.lock();
        let file = create(folder).map_err(without_path)?;
        let path = file.path().to_owned();
        unfinished.push(path.clone());
        drop(unfinished);
        let temporary = Self { file, _listed: Listed(path) };
        if let Some(old) = old {
            inherit(temporary.file.as_file(), old)?;
        }
        Ok(temporary)
    }

    /// The file to write to.
    pub fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Takes the place of `target`.
    pub fn persist(self, target: &Path) -> IoResult<()> {
        // Held, so that a file that is being given up does not appear.
        let unfinished = UNFINISHED.lock();
        let persisted = self.file.persist(target);
        drop(unfinished);
        persisted.map(drop).map_err(|e| e.error)
    }
}

/// A line in the list of unfinished files.
struct Listed(PathBuf);

impl Drop for Listed {
    fn drop(&mut self) {
        UNFINISHED.lock().retain(|path| *path != self.0);
    }
}

/// Removes every file that this process has begun to write and not finished, and lets none be begun or finished any more:
/// for the handler of a signal that ends the process. Whoever writes a file afterwards waits for ever.
pub fn abandon_writes() {
    let unfinished = UNFINISHED.lock();
    for path in unfinished.iter() {
        // What cannot be removed now is nobody's concern any more.
        let _ = std::fs::remove_file(path);
    }
    std::mem::forget(unfinished);
}

/// The folder that holds `path`.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// tempfile wraps the system's error into one that names its own random path, which the user never gave: what kind it is.
pub fn without_path(error: std::io::Error) -> std::io::Error {
    if error.raw_os_error().is_some() { error } else { error.kind().into() }
}

/// A temporary file is by default its owner's alone; an output file is what any program would write.
#[cfg(unix)]
fn create(folder: &Path) -> IoResult<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    Builder::new().permissions(std::fs::Permissions::from_mode(0o666)).tempfile_in(folder)
}

#[cfg(not(unix))]
fn create(folder: &Path) -> IoResult<NamedTempFile> {
    Builder::new().tempfile_in(folder)
}

#[cfg(unix)]
fn inherit(file: &File, old: &Metadata) -> IoResult<()> {
    use std::os::unix::fs::MetadataExt;
    // Only root can give files away; whose file it becomes is then the one who writes it.
    let _ = std::os::unix::fs::fchown(file, Some(old.uid()), Some(old.gid()));
    file.set_permissions(old.permissions())
}

#[cfg(not(unix))]
fn inherit(_file: &File, _old: &Metadata) -> IoResult<()> {
    Ok(())
}
