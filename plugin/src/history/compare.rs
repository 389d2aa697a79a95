//! A and B: two settings to compare.

use crate::choices::ModelChoice;
use crate::params::RemelParams;
use crate::values::Values;

/// Which of the two settings is heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slot {
    /// The first.
    #[default]
    A,
    /// The second.
    B,
}

impl Slot {
    /// The one that is not heard.
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// All that is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// All parameters but bypass, which compares something else.
    pub values: Values,
    /// The model.
    pub model: ModelChoice,
    /// The preset that it was made of.
    pub preset: String,
}

impl Setting {
    /// What is heard.
    pub fn of(params: &RemelParams) -> Self {
        Self {
            values: Values::of(params, |id| id != "bypass"),
            model: params.chosen(),
            preset: params.preset.read().clone(),
        }
    }
}

/// Which setting is heard, and the other one.
#[derive(Clone, Debug, Default)]
pub struct Compare {
    active: Slot,
    other: Option<Setting>,
}

impl Compare {
    /// Which setting is heard.
    pub fn active(&self) -> Slot {
        self.active
    }

    /// Goes to the other setting, where `current` is heard. What is to be heard then: as long as there is but one, the same.
    pub fn switch(&mut self, current: Setting) -> Setting {
        self.active = self.active.other();
        self.other.replace(current.clone()).unwrap_or(current)
    }

    /// Has `setting` be the other one; what that was before.
    pub fn set_other(&mut self, setting: Option<Setting>) -> Option<Setting> {
        std::mem::replace(&mut self.other, setting)
    }

    /// Whether the other setting sounds like `current`.
    pub fn is_same(&self, current: &Setting) -> bool {
        self.other
            .as_ref()
            .is_none_or(|other| other.model == current.model && other.values.is_like(&current.values))
    }
}
