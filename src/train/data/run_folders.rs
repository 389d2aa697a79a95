//! What trainings leave in folders, which is not to be learned from.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How the table of figures begins that every training writes.
const TABLE: &[u8] = b"step,loss,";

/// The folders of trainings, by their path or by what is in them.
pub(super) struct RunFolders {
    known: Vec<PathBuf>,
}

impl RunFolders {
    /// Those at `known`, and all others that are recognized.
    pub(super) fn new(known: &[PathBuf]) -> Self {
        // One that does not exist holds nothing.
        Self { known: known.iter().filter_map(|folder| folder.canonicalize().ok()).collect() }
    }

    /// Whether the folder is that of a training, or its cache.
    pub(super) fn contain(&self, folder: &Path) -> bool {
        folder.canonicalize().is_ok_and(|folder| self.known.contains(&folder))
            || folder.join("state.safetensors").exists()
            || begins_with(&folder.join("metrics.csv"), TABLE)
    }
}

/// Whether a training writes its samples under that name.
pub(super) fn is_sample(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let digits = name.strip_prefix("sample_").and_then(|rest| rest.strip_suffix(".wav"));
    name == "reference.wav" || digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn begins_with(path: &Path, text: &[u8]) -> bool {
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(text.len() as u64).read_to_end(&mut beginning));
    read.is_ok() && beginning == text
}
