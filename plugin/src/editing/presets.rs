//! Presets: loaded, walked, saved, renamed and deleted.

use super::Editing;
use crate::preset::{Bank, Direction, Folder, Origin, Preset};
use nice_plug::prelude::*;
use remel::{Error, Result};
use std::path::{Path, PathBuf};

impl Editing {
    /// All presets.
    pub fn bank(&self) -> &Bank {
        &self.bank
    }

    /// Reads the user's presets anew.
    pub fn refresh(&mut self) {
        self.bank = Bank::read(self.folder.as_ref());
    }

    /// The user's folder of presets, if there is a place for it.
    pub fn folder(&self) -> Option<&Folder> {
        self.folder.as_ref()
    }

    /// The name of the preset that was chosen last, and whether something has changed since.
    pub fn current(&self) -> (String, bool) {
        let name = self.params.preset.read().clone();
        let changed = self.bank.named(&name).is_some_and(|preset| !self.heard(preset));
        (name, changed)
    }

    /// Whether what is set is what `preset` says.
    fn heard(&self, preset: &Preset) -> bool {
        match self.keeps_model {
            true => Preset { model: None, ..preset.clone() }.is_in(&self.params),
            false => preset.is_in(&self.params),
        }
    }

    /// Sets what `preset` says.
    pub fn load(&mut self, preset: &Preset, setter: &ParamSetter) {
        self.history.lock().open(&format!("preset {}", preset.name));
        self.put(&preset.values.0, setter);
        if !self.keeps_model {
            self.choose(preset.choice(&self.params.chosen()));
        }
        self.name(&preset.name);
        self.history.lock().close();
    }

    /// Sets what the preset beside the current one says.
    pub fn walk(&mut self, direction: Direction, setter: &ParamSetter) {
        let name = self.params.preset.read().clone();
        if let Some(preset) = self.bank.beside(&name, direction).cloned() {
            self.load(&preset, setter);
        }
    }

    /// Sets what the preset in the file `path` says; what of it was left out, a phrase each.
    ///
    /// # Errors
    /// It is none.
    pub fn load_file(&mut self, path: &Path, setter: &ParamSetter) -> Result<Vec<String>> {
        let (preset, notices) = crate::preset::read(path)?;
        self.load(&preset, setter);
        Ok(notices)
    }

    /// Saves what is set as the user's preset `name`.
    ///
    /// # Errors
    /// It is no name, it is taken and not to be replaced, or the system refuses the file.
    pub fn save(&mut self, [name, category, description]: [&str; 3], replaces: bool) -> Result<PathBuf> {
        let folder = self.folder.as_ref().ok_or_else(nowhere)?;
        let preset = Preset::of(&self.params, name.trim(), category.trim(), description.trim());
        let path = folder.save(&preset, replaces)?;
        self.refresh();
        self.name(name.trim());
        Ok(path)
    }

    /// Gives the user's preset in the file `path` another `name`.
    ///
    /// # Errors
    /// It is no name, it is taken, or the system refuses.
    pub fn rename(&mut self, path: &Path, name: &str) -> Result<()> {
        let folder = self.folder.as_ref().ok_or_else(nowhere)?;
        folder.rename(path, name)?;
        let before = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if *self.params.preset.read() == before {
            self.name(name.trim());
        }
        self.refresh();
        Ok(())
    }

    /// Deletes the user's `preset`.
    ///
    /// # Errors
    /// It came with the plugin, or the system refuses.
    pub fn delete(&mut self, preset: &Preset) -> Result<()> {
        self.folder.as_ref().ok_or_else(nowhere)?.delete(preset)?;
        self.refresh();
        Ok(())
    }

    fn name(&self, name: &str) {
        let before = std::mem::replace(&mut *self.params.preset.write(), name.to_owned());
        self.history.lock().preset(&before, name);
    }
}

fn nowhere() -> Error {
    Error::invalid(
        "presets",
        "folder",
        "none",
        "REMEL_PRESETS to name one: this system has no place for a user's data",
    )
}

/// The file that a preset of the user's lies in.
pub fn file_of(preset: &Preset) -> Option<&Path> {
    match &preset.origin {
        Origin::User(path) => Some(path),
        Origin::Factory => None,
    }
}
