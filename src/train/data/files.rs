//! The audio files of a folder and the classes that they belong to.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::{Error, Result};

/// File names that end so are taken for audio.
pub(super) const EXTENSIONS: [&str; 14] =
    ["wav", "wave", "flac", "ogg", "oga", "mp3", "m4a", "mp4", "aif", "aiff", "aifc", "caf", "au", "snd"];

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

/// All audio files in the folder and its folders, in the order of their names; hidden ones are left out, and where there
/// are `classes`, those that are in none of their folders.
pub(super) fn audio_files(
    folder: &Path,
    classes: &[String],
    warn: &mut dyn FnMut(&str),
) -> Result<Vec<AudioFile>> {
    if !folder.metadata().map_err(|e| Error::io(folder, e))?.is_dir() {
        return Err(Error::unreadable(folder, "is a file, expected a folder of audio files"));
    }
    let hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
    let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
    let (mut files, mut left_out) = (Vec::new(), 0);
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name())) {
        match entry {
            Ok(entry) if entry.file_type().is_file() && is_audio(entry.path()) => {
                match AudioFile::new(folder, entry.into_path(), classes) {
                    Some(file) => files.push(file),
                    None => left_out += 1,
                }
            }
            Ok(_) => {}
            Err(error) => warn(&format!("{error}; what is there is skipped")),
        }
    }
    if left_out > 0 {
        warn(&format!("{}: {left_out} audio files in no class's folder are skipped", folder.display()));
    }
    Ok(files)
}

fn is_audio(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|found| EXTENSIONS.iter().any(|known| found.eq_ignore_ascii_case(known)))
}

/// The path of `file` within `folder`, the same on every system.
fn name(folder: &Path, file: &Path) -> String {
    let inner = file.strip_prefix(folder).unwrap_or(file);
    let parts: Vec<_> = inner.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
