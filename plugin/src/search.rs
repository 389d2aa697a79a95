//! Where a model file may be that is not where it was when the project was saved.

use crate::shared::Digest;
use remel::checkpoint::{self, ModelFile};
use remel::{Error, Result};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Names the user's folder of models, where it is not the usual one.
const FOLDER: &str = "REMEL_MODELS";
/// How deep folders in it are searched.
const DEPTH: usize = 8;
/// Most entries that are looked at: what holds more is no folder of models.
const MOST_ENTRIES: usize = 100_000;

/// The user's folder of models: what `REMEL_MODELS` names, or `remel/models` where the system keeps a user's data.
pub fn folder() -> Option<PathBuf> {
    let named = std::env::var_os(FOLDER).filter(|name| !name.is_empty()).map(PathBuf::from);
    named.or_else(|| Some(dirs::data_dir()?.join("remel").join("models")))
}

/// The file that was at `path`, from the folder that the host works in or the user's `folder` of models: of the same name, and
/// of the same content where its `digest` is known.
///
/// # Errors
/// Says where there is none, or where there is one of other content.
pub fn find(path: &Path, digest: Option<&str>, folder: Option<&Path>) -> Result<ModelFile> {
    let mut other = None;
    for candidate in candidates(path, folder) {
        let Ok(file) = checkpoint::open(&candidate) else { continue };
        match digest {
            Some(digest) if Digest::of(file.bytes()).to_string() != digest => other = Some(candidate),
            _ => return Ok(file),
        }
    }
    let reason = match (other, folder) {
        (Some(other), _) => format!("not there; {} has its name, but is another model", other.display()),
        (None, Some(folder)) => format!("not there, nor in {}", folder.display()),
        (None, None) => "not there".to_owned(),
    };
    Err(Error::Unreadable { path: path.display().to_string(), reason })
}

/// Files of the name that `path` has: here, and in `folder` and those in it.
fn candidates(path: &Path, folder: Option<&Path>) -> Vec<PathBuf> {
    let Some(name) = path.file_name() else { return Vec::new() };
    let here = PathBuf::from(name);
    let walk =
        folder.map(|folder| WalkDir::new(folder).follow_links(true).max_depth(DEPTH).sort_by_file_name());
    let there =
        walk.into_iter().flatten().take(MOST_ENTRIES).flatten().filter(|entry| entry.file_name() == name);
    let there = there.map(walkdir::DirEntry::into_path);
    std::iter::once(here).chain(there).filter(|candidate| candidate.is_file()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use remel::checkpoint::Bundled;

    #[test]
    fn a_file_that_has_moved_into_the_folder_of_models_is_found_by_name_and_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let (models, gone) = (folder.path().join("models"), folder.path().join("project/mine.safetensors"));
        let there = models.join("voices/mine.safetensors");
        std::fs::create_dir_all(there.parent().expect("a parent")).expect("folders");
        let find = |digest: Option<&str>| find(&gone, digest, Some(&models));
        let refused = |digest| find(digest).err().expect("a refusal").to_string();
        let (gone, models) = (gone.display(), models.display());
        assert_eq!(refused(None), format!("{gone}: not there, nor in {models}"));

        std::fs::write(&there, Bundled::Small.file().bytes()).expect("a file");
        let digest = Digest::of(Bundled::Small.file().bytes()).to_string();
        for digest in [None, Some(digest.as_str())] {
            assert_eq!(find(digest).expect("it is there").path(), there);
        }
        let other = Digest::of(b"another").to_string();
        let there = there.display();
        let expected = format!("{gone}: not there; {there} has its name, but is another model");
        assert_eq!(refused(Some(&other)), expected);
    }
}
