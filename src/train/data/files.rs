//! The audio files of a folder and the classes that they belong to.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::config::DataConfig;
use super::inventory::{Inventory, LeftOut};
use super::run_folders::{RunFolders, is_sample};
use crate::train::observer::Observer;
use crate::{Error, Result};

/// File names that end so are taken for audio.
pub(super) const EXTENSIONS: [&str; 16] = [
    "wav", "wave", "rf64", "w64", "flac", "ogg", "oga", "mp3", "m4a", "mp4", "aif", "aiff", "aifc", "caf",
    "au", "snd",
];

/// File names that end so are sound of kinds that are not read, which a user may wonder about.
const UNREAD: [&str; 32] = [
    "opus", "wma", "aac", "ape", "wv", "m4b", "m4r", "m4p", "mka", "mkv", "webm", "weba", "mov", "avi", "3gp",
    "amr", "ac3", "eac3", "dts", "dsf", "dff", "tta", "tak", "mpc", "mp2", "mpga", "ra", "rm", "voc", "sph",
    "spx", "aax",
];

/// An audio file.
pub(super) struct AudioFile {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its path within the folder, with `/` between its parts.
    pub(super) name: String,
    /// The class whose folder it is in; none where there are no classes.
    pub(super) class: Option<usize>,
}

impl AudioFile {
    /// The file with its class; none where there are classes and it belongs to none of them.
    fn new(folder: &Path, path: PathBuf, classes: &[String]) -> Option<Self> {
        let name = name(folder, &path);
        let class = match classes {
            [] => None,
            _ => {
                let (first, _) = name.split_once('/')?;
                Some(classes.iter().position(|class| class == first)?)
            }
        };
        Some(Self { path, name, class })
    }
}

/// Every class with its folder; without classes, the whole folder.
pub(super) fn class_folders(folder: &Path, classes: &[String]) -> Vec<(Option<usize>, PathBuf)> {
    match classes {
        [] => vec![(None, folder.to_path_buf())],
        _ => classes.iter().enumerate().map(|(index, name)| (Some(index), folder.join(name))).collect(),
    }
}

/// All audio files in the folder and its folders, in the order of their names; hidden ones are left out, the folders of
/// trainings, and where there are `classes`, those that are in none of their folders.
///
/// # Errors
/// Where there is no such folder, or the observer wants to stop.
pub(super) fn audio_files(
    folder: &Path,
    config: &DataConfig,
    inventory: &mut Inventory,
    observer: &mut dyn Observer,
) -> Result<Vec<AudioFile>> {
    if !folder.metadata().map_err(|e| Error::io(folder, e))?.is_dir() {
        return Err(Error::unreadable(folder, "is a file, expected a folder of audio files"));
    }
    let runs = RunFolders::new(&config.left_out);
    let is_run = runs.contain(folder);
    let hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
    let mut walk = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
    let mut files = Vec::new();
    while let Some(entry) = walk.next() {
        if observer.stopped() {
            return Err(Error::unreadable(folder, "stopped while it was looked through: nothing was trained"));
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                observer.warned(&format!("{error}; what is there is skipped"));
                continue;
            }
        };
        let (inner, is_folder) = (entry.depth() > 0, entry.file_type().is_dir());
        if inner && is_folder && (hidden(entry.file_name()) || runs.contain(entry.path())) {
            if !hidden(entry.file_name()) {
                inventory.leave_out(LeftOut::Run);
            }
            walk.skip_current_dir();
        } else if !is_folder && !hidden(entry.file_name()) && entry.file_type().is_file() {
            let written = is_run && entry.depth() == 1 && is_sample(entry.path());
            match audio_file(folder, entry.into_path(), &config.classes) {
                Ok(_) if written => inventory.leave_out(LeftOut::Sample),
                Ok(file) => files.push(file),
                Err(reason) => reason.into_iter().for_each(|reason| inventory.leave_out(reason)),
            }
        }
    }
    Ok(files)
}

/// The audio file at `path`, or why it is none to learn from; no reason where it has nothing to do with sound.
fn audio_file(folder: &Path, path: PathBuf, classes: &[String]) -> Result<AudioFile, Option<LeftOut>> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let extension = extension.to_ascii_lowercase();
    match extension.as_str() {
        read if EXTENSIONS.contains(&read) => {
            AudioFile::new(folder, path, classes).ok_or(Some(LeftOut::NoClass))
        }
        unread if UNREAD.contains(&unread) => Err(Some(LeftOut::Kind(extension))),
        _ => Err(None),
    }
}

/// The path of `file` within `folder`, the same on every system.
fn name(folder: &Path, file: &Path) -> String {
    let inner = file.strip_prefix(folder).unwrap_or(file);
    let parts: Vec<_> = inner.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
