//! Presets: what the plugin comes with, and what the user has saved.
//!
//! A preset says how it sounds: which model, and every parameter that shapes the sound. What belongs to the place where it is
//! played stays as it is: the latency, the output level, bypass and what is heard on an underrun.

mod bank;
pub mod discovery;
mod factory;
mod file;
mod folder;
mod state;

pub use bank::{Bank, Direction};
pub use file::read;
pub use folder::Folder;
pub use state::loaded;

use crate::choices::ModelChoice;
use crate::params::RemelParams;
use crate::values::Values;
use std::path::PathBuf;

/// The ending of a preset's file.
pub const EXTENSION: &str = "remelpreset";
/// The ids of parameters that no preset sets: they belong to the project, not to the sound.
const KEPT: [&str; 4] = ["latency", "output", "bypass", "on_underrun"];

/// Whether presets set the parameter `id`.
pub fn sets(id: &str) -> bool {
    !KEPT.contains(&id)
}

/// Where a preset comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It came with the plugin.
    Factory,
    /// It is the user's, in this file.
    User(PathBuf),
}

/// A sound by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// Its name; of the user's, what the file is called.
    pub name: String,
    /// What it is listed under.
    pub category: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// What goes where, in a sentence; may be empty.
    pub routing: String,
    /// The name of a bundled model, or a model file; none leaves the model that is there.
    pub model: Option<PathBuf>,
    /// Values of all parameters that presets set.
    pub values: Values,
    /// Where it comes from.
    pub origin: Origin,
}

impl Preset {
    /// The sound of `params` under `name`, the user's; where it is to lie, its file says.
    pub fn of(params: &RemelParams, name: &str, category: &str, description: &str) -> Self {
        let choice = params.chosen();
        let bundled = || remel::checkpoint::Bundled::default().name().into();
        Self {
            name: name.to_owned(),
            category: category.to_owned(),
            description: description.to_owned(),
            routing: String::new(),
            model: Some(choice.file.unwrap_or_else(bundled)),
            values: Values::of(params, sets),
            origin: Origin::User(PathBuf::new()),
        }
    }

    /// The choice of model that this preset makes of `current`, which says the device.
    pub fn choice(&self, current: &ModelChoice) -> ModelChoice {
        match &self.model {
            Some(file) if !current.is_of(file) => ModelChoice { file: Some(file.clone()), ..current.clone() },
            _ => current.clone(),
        }
    }

    /// Whether `params` sound as this preset does.
    pub fn is_in(&self, params: &RemelParams) -> bool {
        let current = params.chosen();
        self.choice(&current) == current && self.values.is_like(&Values::of(params, sets))
    }

    /// Whether it came with the plugin.
    pub fn is_factory(&self) -> bool {
        self.origin == Origin::Factory
    }
}

#[cfg(test)]
mod listening;
