//! All presets that there are, in the order in which they are walked.

use super::{Folder, Origin, Preset, factory};

/// Which way to walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the one before.
    Previous,
    /// To the one after.
    Next,
}

/// The factory presets, and the user's after them.
#[derive(Clone, Debug)]
pub struct Bank {
    presets: Vec<Preset>,
    /// A line for each of the user's files that is no preset.
    pub errors: Vec<String>,
}

impl Bank {
    /// Those that came with the plugin, and those in the user's `folder`.
    pub fn read(folder: Option<&Folder>) -> Self {
        let (users, errors) = folder.map(Folder::list).unwrap_or_default();
        let mut presets = factory::presets();
        presets.extend(users);
        Self { presets, errors }
    }

    /// All presets.
    pub fn presets(&self) -> &[Preset] {
        &self.presets
    }

    /// The preset `name`: the user's of that name before the factory's.
    pub fn named(&self, name: &str) -> Option<&Preset> {
        self.presets.iter().rev().find(|preset| preset.name == name)
    }

    /// The factory preset `name`.
    pub fn factory(&self, name: &str) -> Option<&Preset> {
        self.presets.iter().find(|preset| preset.is_factory() && preset.name == name)
    }

    /// The preset beside that `name`; the ends meet. Beside none is the first, or the last.
    pub fn beside(&self, name: &str, direction: Direction) -> Option<&Preset> {
        let count = self.presets.len();
        let at = self.presets.iter().rposition(|preset| preset.name == name);
        let index = match (direction, at) {
            (Direction::Next, None) => 0,
            (Direction::Previous, None) => count.checked_sub(1)?,
            (Direction::Next, Some(at)) => (at + 1) % count,
            (Direction::Previous, Some(at)) => (at + count - 1) % count,
        };
        self.presets.get(index)
    }

    /// The categories, in the order in which they come, the factory's and the user's apart: each with its presets.
    pub fn categories(&self) -> Vec<(String, bool, Vec<&Preset>)> {
        let mut categories: Vec<(String, bool, Vec<&Preset>)> = Vec::new();
        for preset in &self.presets {
            let factory = preset.origin == Origin::Factory;
            match categories.iter_mut().find(|(name, from, _)| *name == preset.category && *from == factory) {
                Some((_, _, presets)) => presets.push(preset),
                None => categories.push((preset.category.clone(), factory, vec![preset])),
            }
        }
        categories
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::RemelParams;

    #[test]
    fn presets_are_walked_in_a_circle_and_the_users_come_last() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::at(place.path());
        folder.save(&Preset::of(&RemelParams::default(), "Mine", "M", ""), false).expect("it is saved");
        let bank = Bank::read(Some(&folder));
        let first = &bank.presets()[0];
        assert!(first.is_factory());
        let beside = |name: &str, direction| bank.beside(name, direction).map(|preset| preset.name.as_str());
        assert_eq!(beside("", Direction::Next), Some(first.name.as_str()));
        assert_eq!(beside("nowhere", Direction::Previous), Some("Mine"));
        assert_eq!(beside("Mine", Direction::Next), Some(first.name.as_str()));
        assert_eq!(beside(&first.name, Direction::Previous), Some("Mine"));
        let mut walked = vec![first.name.clone()];
        while let Some(next) =
            beside(&walked[walked.len() - 1], Direction::Next).filter(|next| *next != first.name)
        {
            walked.push(next.to_owned());
        }
        assert_eq!(walked.len(), bank.presets().len(), "every preset once");
    }

    #[test]
    fn a_users_preset_goes_before_a_factory_preset_of_its_name() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::at(place.path());
        let name = factory::presets()[0].name.clone();
        folder.save(&Preset::of(&RemelParams::default(), &name, "M", ""), false).expect("it is saved");
        let bank = Bank::read(Some(&folder));
        assert!(!bank.named(&name).expect("a preset").is_factory());
        assert!(bank.factory(&name).expect("a preset").is_factory());
        let counted: usize = bank.categories().iter().map(|(_, _, presets)| presets.len()).sum();
        assert_eq!(counted, bank.presets().len());
    }
}
