//! Saved states: those of every version load with their values, and those with random changes are taken or refused, and leave the
//! plugin within its ranges. `REMEL_MUTATIONS` has more of the latter looked at.

mod hostile_state;
#[path = "../../tests/mutation/mod.rs"]
mod mutation;
mod saved_states;

use hostile_state::Instance;
use mutation::{Random, misquoted, mutated};
use saved_states::{PARAMETERS, SavedState, expected};
use serde_json::Value;
use std::path::PathBuf;

/// The state of this version.
fn own() -> PathBuf {
    saved_states::folder().join(concat!(env!("CARGO_PKG_VERSION"), ".json"))
}

#[test]
fn no_state_is_too_broken_to_be_answered() {
    let mut instance = Instance::new();
    let mut seeds = vec![instance.save()];
    seeds.push(SavedState::read(own()).bytes);
    for seed in seeds {
        instance.take(&seed);
        for number in 0..mutation::count(1000) {
            instance.take(&mutated(seed.clone(), &mut Random(number)));
            instance.take(&misquoted(seed.clone(), &mut Random(number)));
        }
    }
}

#[test]
fn parameters_are_those_that_hosts_know() {
    let found = Instance::new().parameters();
    let known = PARAMETERS.map(|(_, number, name, default, _)| (number, name, default));
    let listed: Vec<_> =
        found.iter().map(|found| (found.id, found.name.as_str(), found.text.as_str())).collect();
    assert_eq!(listed, known);
    // JUCE hosts remember where between two steps the first was set, and take the step for a change.
    assert!(!found[0].is_stepped);
}

#[test]
fn the_states_of_all_versions_load() {
    for SavedState { path, bytes, state } in saved_states::all() {
        let mut instance = Instance::new();
        assert!(instance.load(&bytes), "{} is refused", path.display());
        for (found, row) in instance.parameters().iter().zip(PARAMETERS) {
            assert_eq!(found.text, expected(&state, row), "{}: {}", path.display(), row.0);
        }
        let again: Value = serde_json::from_slice(&instance.save()).expect("a state");
        for (name, text) in state["fields"].as_object().expect("fields") {
            // A field is JSON as text; one that is new since then has more in it.
            let [saved, again] = [text, &again["fields"][name]].map(|text| -> Value {
                serde_json::from_str(text.as_str().expect("a text")).expect("a field")
            });
            let Some(parts) = saved.as_object() else {
                assert_eq!(again, saved, "{}: {name}", path.display());
                continue;
            };
            for (part, value) in parts {
                assert_eq!(again[part], *value, "{}: {name}.{part}", path.display());
            }
        }
    }
}

/// Whoever adds to what is saved has the state of this version written anew, with a value that is no default.
#[test]
fn the_state_of_this_version_has_all_that_is_saved() {
    let (own, now): (_, Value) =
        (SavedState::read(own()).state, serde_json::from_slice(&Instance::new().save()).expect("a state"));
    for part in ["params", "fields"] {
        for (name, default) in now[part].as_object().expect("an object") {
            let saved =
                own[part].get(name).unwrap_or_else(|| panic!("{part} lacks {name}: see states/README.md"));
            assert!(part == "fields" || saved != default, "{name} has its default there");
        }
    }
}

/// From that of the latest commit with another format, whose values it takes; a parameter that is new since then has to be set here.
#[test]
#[ignore = "writes states/VERSION.json: see states/README.md"]
fn write() {
    let mut instance = Instance::new();
    let mut state = SavedState::read(saved_states::folder().join("413da7b-seen.json")).state;
    state["fields"]["osc"] = r#"{"port":9001,"from_network":true}"#.into();
    assert!(instance.load(state.to_string().as_bytes()));
    std::fs::write(own(), [instance.save(), b"\n".to_vec()].concat()).expect("a file");
}
