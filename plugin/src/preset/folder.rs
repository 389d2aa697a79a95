//! The user's folder of presets.

use super::{EXTENSION, Origin, Preset, file};
use remel::{Error, Result};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Names the user's folder of presets, where it is not the usual one.
const FOLDER: &str = "REMEL_PRESETS";
/// How deep folders in it are looked into.
const DEPTH: usize = 4;
/// Most entries that are looked at, and most presets that are listed: what holds more is no folder of presets.
const MOST_ENTRIES: usize = 20_000;
const MOST_PRESETS: usize = 2_000;
/// The longest name, in characters.
const MOST_NAME: usize = 80;
/// What no system has in a file's name, or not all of them.
const FORBIDDEN: &[char] = &['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// A folder of presets.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The user's: what `REMEL_PRESETS` names, or `remel/presets` where the system keeps a user's data. None where there is no such place.
    pub fn of_user() -> Option<Self> {
        let named = std::env::var_os(FOLDER).filter(|name| !name.is_empty()).map(PathBuf::from);
        named.or_else(|| Some(dirs::data_dir()?.join("remel").join("presets"))).map(Self)
    }

    /// The one at `path`.
    #[cfg(test)]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it lies; it need not be there yet.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// All presets in it by name, and a line for each file that is none.
    pub fn list(&self) -> (Vec<Preset>, Vec<String>) {
        let walk = WalkDir::new(&self.0).follow_links(true).max_depth(DEPTH).sort_by_file_name();
        let files = walk.into_iter().take(MOST_ENTRIES).flatten().map(walkdir::DirEntry::into_path);
        let files = files.filter(|path| path.extension().is_some_and(|end| end == EXTENSION) && path.is_file());
        let (mut presets, mut errors) = (Vec::new(), Vec::new());
        for path in files.take(MOST_PRESETS) {
            match file::read(&path) {
                Ok((preset, _)) => presets.push(preset),
                Err(error) => errors.push(error.to_string()),
            }
        }
        presets.sort_by_cached_key(|preset| preset.name.to_lowercase());
        (presets, errors)
    }

    /// Saves `preset` under its name, and over one of that name if `replaces`. Where it lies then.
    ///
    /// # Errors
    /// It is no name, it is taken, or the system refuses the file.
    pub fn save(&self, preset: &Preset, replaces: bool) -> Result<PathBuf> {
        let path = self.place(&preset.name)?;
        if !replaces && path.exists() {
            return Err(taken(&path));
        }
        std::fs::create_dir_all(&self.0).map_err(|e| Error::io(&self.0, e))?;
        file::write(preset, &path)?;
        Ok(path)
    }

    /// Gives the user's preset in the file `path` another `name`. Where it lies then.
    ///
    /// # Errors
    /// It is no name, it is taken, or the system refuses.
    pub fn rename(&self, path: &Path, name: &str) -> Result<PathBuf> {
        let to = path.with_file_name(file_name(name)?);
        // Where a system tells no cases apart, a name with another case is there already: it is this one.
        let same = to.to_string_lossy().to_lowercase() == path.to_string_lossy().to_lowercase();
        if !same && to.exists() {
            return Err(taken(&to));
        }
        std::fs::rename(path, &to).map_err(|e| Error::io(path, e))?;
        Ok(to)
    }

    /// Deletes the user's `preset`.
    ///
    /// # Errors
    /// It came with the plugin, or the system refuses.
    pub fn delete(&self, preset: &Preset) -> Result<()> {
        match &preset.origin {
            Origin::User(path) => std::fs::remove_file(path).map_err(|e| Error::io(path, e)),
            Origin::Factory => Err(Error::invalid("preset", &preset.name, "a factory preset", "one of yours")),
        }
    }

    /// Whether there is a preset `name`, which saving would replace.
    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_ok_and(|path| path.exists())
    }

    fn place(&self, name: &str) -> Result<PathBuf> {
        Ok(self.0.join(file_name(name)?))
    }
}

/// What the file of the preset `name` is called on any system.
fn file_name(name: &str) -> Result<String> {
    let refused = |found: &str, expected: String| Err(Error::invalid("preset", "name", found, expected));
    let trimmed = name.trim();
    if trimmed.is_empty() || trimmed.chars().count() > MOST_NAME {
        return refused(trimmed, format!("1 to {MOST_NAME} characters"));
    }
    if trimmed.contains(FORBIDDEN) || trimmed.contains(char::is_control) {
        return refused(trimmed, format!("none of {}", FORBIDDEN.iter().collect::<String>()));
    }
    if trimmed.starts_with('.') || trimmed.ends_with('.') {
        return refused(trimmed, "no dot at either end".to_owned());
    }
    Ok(format!("{trimmed}.{EXTENSION}"))
}

fn taken(path: &Path) -> Error {
    Error::unreadable(path, "is there already: take another name, or replace it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::RemelParams;

    fn preset(name: &str) -> Preset {
        Preset::of(&RemelParams::default(), name, "Mine", "For a test.")
    }

    #[test]
    fn presets_are_saved_listed_renamed_and_deleted() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::at(place.path().join("remel/presets"));
        assert_eq!(folder.list(), (vec![], vec![]), "a folder that is not there holds nothing");
        for name in ["b", "A", "ü – 3/4".split('/').next().expect("a part")] {
            folder.save(&preset(name), false).expect("it is saved");
        }
        let names = |folder: &Folder| folder.list().0.into_iter().map(|preset| preset.name).collect::<Vec<_>>();
        assert_eq!(names(&folder), ["A", "b", "ü – 3"]);

        let error = folder.save(&preset("b"), false).expect_err("it is taken").to_string();
        assert!(error.ends_with("is there already: take another name, or replace it"), "{error}");
        folder.save(&Preset { category: "Other".into(), ..preset("b") }, true).expect("it is replaced");
        let (listed, _) = folder.list();
        assert_eq!(listed[1].category, "Other");

        let Origin::User(path) = &listed[1].origin else { panic!("it is the user's") };
        assert!(folder.rename(path, "A").is_err(), "taken");
        let there = folder.rename(path, "c").expect("it is renamed");
        assert_eq!(there, folder.path().join("c.remelpreset"));
        assert_eq!(names(&folder), ["A", "c", "ü – 3"]);
        assert!(folder.rename(path, "d").is_err(), "it is gone");

        folder.delete(&folder.list().0[0]).expect("it is deleted");
        assert_eq!(names(&folder), ["c", "ü – 3"]);
        let leftovers = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(leftovers, 2, "nothing half-written stays behind");
    }

    #[test]
    fn a_name_is_a_file_in_the_folder_and_nowhere_else() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::at(place.path().join("presets"));
        let long = "x".repeat(MOST_NAME + 1);
        for name in ["", "  ", "../up", "a/b", "a\\b", ".hidden", "..", "con:", "a\nb", "a\u{0}", "end.", &long]
        {
            let error = folder.save(&preset(name), false).expect_err("it is refused").to_string();
            assert!(error.starts_with("preset: name: found ") && error.lines().count() == 1, "{name}: {error}");
        }
        assert_eq!(std::fs::read_dir(place.path()).expect("a folder").count(), 0);
    }

    #[test]
    fn files_that_are_no_presets_are_named_and_the_others_are_listed() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::at(place.path());
        folder.save(&preset("good"), false).expect("it is saved");
        std::fs::write(place.path().join("bad.remelpreset"), "{").expect("a file");
        std::fs::write(place.path().join("other.txt"), "{").expect("a file");
        let (presets, errors) = folder.list();
        assert_eq!((presets.len(), errors.len()), (1, 1));
        assert!(errors[0].contains("bad.remelpreset: no preset: "), "{errors:?}");
    }
}
