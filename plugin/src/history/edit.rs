//! One thing that the user has done.

use super::Setting;
use crate::choices::ModelChoice;
use std::collections::BTreeMap;

/// One thing that can be undone.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Parameters, the model or the preset have changed.
    Step(Step),
    /// The user went from A to B or back.
    Switch,
    /// The user copied this setting over the one that is not heard, which was the other here.
    Copy {
        /// What was there before.
        before: Option<Box<Setting>>,
        /// What is there since.
        after: Box<Setting>,
    },
}

/// What has changed, from what to what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// What it is called, where it is not one parameter.
    pub name: String,
    /// Normalized values before and after, by parameter.
    pub changes: BTreeMap<String, [f32; 2]>,
    /// The model before and after.
    pub model: Option<[ModelChoice; 2]>,
    /// The preset's name before and after.
    pub preset: Option<[String; 2]>,
}

impl Step {
    /// One in which nothing has changed yet.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// One parameter has changed.
    pub fn of(id: &str, before: f32, after: f32) -> Self {
        let mut step = Self::named("");
        step.change(id, before, after);
        step
    }

    /// The parameter `id` has changed (once more).
    pub fn change(&mut self, id: &str, before: f32, after: f32) {
        self.changes.entry(id.to_owned()).or_insert([before, after])[1] = after;
    }

    /// Whether nothing is different after it.
    pub fn is_empty(&self) -> bool {
        let still = self.changes.values().all(|[before, after]| before == after);
        still && self.model.is_none() && self.preset.is_none()
    }

    /// What it is called; a parameter by its id.
    pub fn title(&self) -> &str {
        match self.changes.keys().next() {
            Some(id) if self.name.is_empty() => id,
            _ => &self.name,
        }
    }
}
