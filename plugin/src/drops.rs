//! What becomes of files that are dropped on the editor.

use crate::catalogue::{self, is_model};
use crate::preset;
use remel::{Error, Result};
use std::path::{Path, PathBuf};

/// What audio files that can be read end with.
pub const AUDIO: [&str; 14] =
    ["wav", "flac", "ogg", "oga", "mp3", "m4a", "mp4", "aac", "aif", "aiff", "aifc", "caf", "au", "snd"];

/// What is to be done with what was dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// A model to load.
    Model(PathBuf),
    /// A preset to load.
    Preset(PathBuf),
    /// Audio files to render through the current settings.
    Audio(Vec<PathBuf>),
}

impl Dropped {
    /// What `files` are: audio files all of them, or one model, or one preset.
    ///
    /// # Errors
    /// Names the first that is none of these, or says that they are too many.
    pub fn of(files: &[PathBuf]) -> Result<Self> {
        let audio = |path: &PathBuf| ends_in(path, &AUDIO) && !path.is_dir();
        match files {
            [] => Err(Error::invalid("drop", "files", "none", "a model, a preset or audio files")),
            [file] if file.is_dir() => {
                Err(Error::unreadable(file, "is a folder: drop the files that are in it"))
            }
            [file] if is_model(file) => Ok(Self::Model(file.clone())),
            [file] if ends_in(file, &[preset::EXTENSION]) => Ok(Self::Preset(file.clone())),
            files => match files.iter().find(|file| !audio(file)) {
                None => Ok(Self::Audio(files.to_vec())),
                Some(file) if files.len() > 1 => {
                    Err(Error::unreadable(file, "one model or preset at a time, or audio files alone"))
                }
                Some(file) => {
                    let models = catalogue::ENDINGS.join(", .");
                    let reason = format!(
                        "neither a model (.{models}) nor a preset (.{}) nor audio (.{})",
                        preset::EXTENSION,
                        AUDIO.join(", .")
                    );
                    Err(Error::unreadable(file, reason))
                }
            },
        }
    }
}

fn ends_in(path: &Path, endings: &[&str]) -> bool {
    let end = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    endings.contains(&end.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str]) -> Result<Dropped> {
        Dropped::of(&names.iter().map(PathBuf::from).collect::<Vec<_>>())
    }

    #[test]
    fn files_are_told_apart_by_what_they_are_called() {
        assert_eq!(of(&["/a/Voice.PT"]).expect("a model"), Dropped::Model("/a/Voice.PT".into()));
        assert_eq!(of(&["x.remelpreset"]).expect("a preset"), Dropped::Preset("x.remelpreset".into()));
        let both = Dropped::Audio(vec!["a.wav".into(), "b.FLAC".into()]);
        assert_eq!(of(&["a.wav", "b.FLAC"]).expect("audio"), both);
    }

    #[test]
    fn what_is_none_of_them_is_refused_by_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().to_string_lossy().into_owned();
        for (files, said) in [
            (vec![], "found none"),
            (vec!["notes.txt"], "notes.txt: neither a model (.safetensors"),
            (vec!["plain"], "plain: neither a model"),
            (vec!["a.wav", "b.pt"], "b.pt: one model or preset at a time"),
            (vec!["b.pt", "a.pt"], "b.pt: one model or preset at a time"),
            (vec![folder.as_str()], "is a folder"),
        ] {
            let error = of(&files).expect_err("it is refused").to_string();
            assert!(error.contains(said) && error.lines().count() == 1, "{error}");
        }
    }
}
