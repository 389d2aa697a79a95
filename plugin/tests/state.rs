//! Saved states: those of every version load with their values, and those with random changes are taken or refused, and leave the
//! plugin within its ranges. `REMEL_MUTATIONS` has more of the latter looked at.

mod hostile_state;
#[path = "../../tests/mutation/mod.rs"]
mod mutation;

use hostile_state::Instance;
use mutation::{Random, misquoted, mutated};
use serde_json::Value;
use std::path::PathBuf;

/// A parameter: its name in states, the number that CLAP hosts know it by, its name, its default, and the value that states in
/// `states/` have.
type Row = (&'static str, u32, &'static str, &'static str, &'static str);

/// All parameters, in their order. What is released never changes, but for what new rows push down.
const PARAMETERS: [Row; 17] = [
    ("mix", 108_124, "Mix", "100 %", "70 %"),
    ("mel_from", 1_466_674_997, "Mel from", "Main", "Side chain"),
    ("carrier", 554_360_568, "Carrier", "Noise", "Main"),
    ("strength", 1_791_316_033, "Strength", "100 %", "55 %"),
    ("steps", 109_761_319, "Steps", "Model", "4"),
    ("temperature", 321_701_236, "Temperature", "1.00", "0.80"),
    ("seed", 3_526_257, "Seed", "0", "42"),
    ("coherence", 292_615_540, "Coherence", "100 %", "25 %"),
    ("freeze", 881_080_983, "Freeze", "Off", "On"),
    ("shift", 109_407_362, "Shift", "0.0 st", "-3.0 st"),
    ("tilt", 3_560_125, "Formant tilt", "0.0 dB/oct", "1.5 dB/oct"),
    ("smear", 109_552_316, "Smear", "0 %", "30 %"),
    ("detail", 812_259_409, "Detail", "100 %", "50 %"),
    ("latency", 2_100_907_262, "Latency", "Balanced", "Studio"),
    ("output", 1_141_971_201, "Output", "0.0 dB", "-6.0 dB"),
    ("bypass", 773_352_680, "Bypass", "Off", "On"),
    ("on_underrun", 1_901_967_123, "On underrun", "Dry", "Silence"),
];

/// Where the states of all versions are.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/states")
}

/// The state of this version.
fn own() -> PathBuf {
    folder().join(concat!(env!("CARGO_PKG_VERSION"), ".json"))
}

fn read(path: &PathBuf) -> (Vec<u8>, Value) {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let state = serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    (bytes.trim_ascii_end().to_vec(), state)
}

#[test]
fn no_state_is_too_broken_to_be_answered() {
    let mut instance = Instance::new();
    let mut seeds = vec![instance.save()];
    seeds.push(read(&own()).0);
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
    let files =
        std::fs::read_dir(folder()).expect("the folder of states").map(|file| file.expect("a file").path());
    let mut versions = 0;
    for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        let (bytes, state) = read(&path);
        let mut instance = Instance::new();
        assert!(instance.load(&bytes), "{} is refused", path.display());
        for (found, (name, .., default, saved)) in instance.parameters().iter().zip(PARAMETERS) {
            let is_saved = state["params"].get(name).is_some();
            let expected = if is_saved { saved } else { default };
            assert_eq!(found.text, expected, "{}: {name}", path.display());
        }
        let again: Value = serde_json::from_slice(&instance.save()).expect("a state");
        for (name, text) in state["fields"].as_object().expect("fields") {
            // A field is JSON as text; one that is new since then has more in it.
            let [saved, again] = [text, &again["fields"][name]].map(|text| -> Value {
                serde_json::from_str(text.as_str().expect("a text")).expect("a field")
            });
            for (part, value) in saved.as_object().expect("parts") {
                assert_eq!(again[part], *value, "{}: {name}.{part}", path.display());
            }
        }
        versions += 1;
    }
    assert!(versions >= 6, "{versions} states");
}

/// Whoever adds to what is saved has the state of this version written anew, with a value that is no default.
#[test]
fn the_state_of_this_version_has_all_that_is_saved() {
    let (own, now): (_, Value) =
        (read(&own()).1, serde_json::from_slice(&Instance::new().save()).expect("a state"));
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
    let (_, mut state) = read(&folder().join("413da7b-seen.json"));
    state["fields"]["osc"] = r#"{"port":9001,"from_network":true}"#.into();
    assert!(instance.load(state.to_string().as_bytes()));
    std::fs::write(own(), [instance.save(), b"\n".to_vec()].concat()).expect("a file");
}
