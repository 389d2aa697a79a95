//! The presets that come with the plugin: `factory.json`, in the form of the user's files.

use super::file::Written;
use super::{Origin, Preset};
use serde::Deserialize;

/// One of them, which has its name inside.
#[derive(Deserialize)]
struct Named {
    name: String,
    #[serde(flatten)]
    written: Written,
}

/// All of them.
pub fn presets() -> Vec<Preset> {
    let all: Vec<Named> = serde_json::from_str(include_str!("factory.json")).expect("factory.json is valid");
    let read = all.into_iter().map(|Named { name, written }| {
        written.preset("factory.json", &name, Origin::Factory).expect("factory presets are valid").0
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::{Bank, Folder};
    use remel::checkpoint::Bundled;
    use std::collections::BTreeSet;

    #[test]
    fn factory_presets_are_complete_and_say_nothing_that_is_left_out() {
        let all: Vec<Named> = serde_json::from_str(include_str!("factory.json")).expect("JSON");
        for Named { name, written } in all {
            let (preset, notices) = written.preset("factory.json", &name, Origin::Factory).expect("a preset");
            assert_eq!(notices, Vec::<String>::new(), "{name}");
            assert!(preset.description.ends_with('.') && preset.routing.ends_with('.'), "{name}");
            let model = preset.model.expect("a model: a preset sounds the same wherever it is loaded");
            assert!(Bundled::named(&model).is_some(), "{name}: {}", model.display());
        }
    }

    #[test]
    fn there_are_enough_each_with_a_name_of_its_own_that_a_file_may_have() {
        let presets = presets();
        assert!(presets.len() >= 16, "{}", presets.len());
        let names: BTreeSet<_> = presets.iter().map(|preset| preset.name.to_lowercase()).collect();
        assert_eq!(names.len(), presets.len());
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::at(place.path());
        for preset in &presets {
            folder.save(preset, false).expect("it may be saved under its name");
        }
        assert_eq!(Bank::read(Some(&folder)).presets().len(), 2 * presets.len());
    }

    #[test]
    fn the_page_of_presets_lists_every_one() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/presets.md");
        let page = std::fs::read_to_string(page).expect("the page");
        for preset in presets() {
            let row = format!("| {} | {} | {} |", preset.name, preset.description, preset.routing);
            assert!(page.contains(&row), "docs/presets.md lacks the row\n{row}");
        }
    }
}
