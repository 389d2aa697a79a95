//! Where measurements are kept: a small file for each in a folder of the user's cache.

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Key, Measurement};
use crate::network::{CACHE_VARIABLE, cache_folder};
use crate::{Error, Result};

/// The folder of measurements among what is kept.
const DEVICES: &str = "devices";
/// What a file with a measurement holds at most.
const MOST_BYTES: u64 = 1 << 16;
/// Most files that are listed.
const MOST_FILES: usize = 1_000;

/// Measurements on the disk. Several processes may read and write them at once; a file that is damaged, or of another program or
/// version, counts as none, and what is measured next takes its place.
#[derive(Clone, Debug)]
pub struct Store {
    folder: Option<PathBuf>,
}

impl Store {
    /// The user's: in the folder that `REMEL_CACHE` names, or in `remel` where the system keeps what may be lost.
    pub fn of_user() -> Self {
        Self { folder: cache_folder().map(|folder| folder.join(DEVICES)) }
    }

    /// One in `folder`.
    pub fn at(folder: &Path) -> Self {
        Self { folder: Some(folder.join(DEVICES)) }
    }

    /// What was measured under `key`.
    pub fn get(&self, key: &Key) -> Option<Measurement> {
        read(&self.folder.as_ref()?.join(key.file_name())).filter(|measurement| measurement.key == *key)
    }

    /// Keeps a measurement in the place of the one before.
    ///
    /// # Errors
    /// The system has no place for it, or refuses the file.
    pub fn keep(&self, measurement: &Measurement) -> Result<()> {
        let expected = "a folder, by the environment";
        let folder = self
            .folder
            .as_ref()
            .ok_or_else(|| Error::invalid("measurement", CACHE_VARIABLE, "none", expected))?;
        std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
        let text = serde_json::to_string_pretty(measurement)
            .map_err(|error| Error::invalid("measurement", "JSON", error, "numbers and words"))?;
        // Renamed whatever is there by now: who writes a result by its path looks at that first, and another process may
        // replace it meanwhile.
        let path = folder.join(measurement.key.file_name());
        let write = || -> std::io::Result<()> {
            let mut file = NamedTempFile::new_in(folder)?;
            file.write_all(text.as_bytes())?;
            file.persist(&path).map(drop).map_err(|refused| refused.error)
        };
        write().map_err(|error| Error::io(&path, error))
    }

    /// All that this version has measured, by model and mode.
    pub fn all(&self) -> Vec<Measurement> {
        let files = self.folder.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        let mut all: Vec<Measurement> = files
            .take(MOST_FILES)
            .map(|file| file.path())
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .filter_map(|path| read(&path))
            .filter(|measurement| measurement.key.version == Key::this_version())
            .collect();
        all.sort_by(|a, b| order(a).cmp(&order(b)));
        all
    }
}

/// What measurements are listed by: model, threads, and latency.
fn order(measurement: &Measurement) -> (&str, usize, usize) {
    (&measurement.model, measurement.key.threads, measurement.key.plan.iter().sum())
}

/// The measurement in the file `path`, if it is one.
fn read(path: &Path) -> Option<Measurement> {
    // Not a pipe, which would be waited for.
    path.metadata().ok().filter(|file| file.is_file() && file.len() <= MOST_BYTES)?;
    let text = std::fs::read_to_string(path).ok()?;
    serde_json::from_str(&text).ok().filter(Measurement::is_plausible)
}
