//! The states of every version, and what each says of the parameters.

use serde_json::Value;
use std::path::PathBuf;

/// A parameter: its name in states, the number that CLAP hosts know it by, its name, its default, and the value that states in
/// `states/` have.
pub type Row = (&'static str, u32, &'static str, &'static str, &'static str);

/// All parameters, in their order. What is released never changes, but for what new rows push down.
pub const PARAMETERS: [Row; 17] = [
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

/// A file of `states/`.
pub struct SavedState {
    pub path: PathBuf,
    /// What a host has of it.
    pub bytes: Vec<u8>,
    pub state: Value,
}

impl SavedState {
    pub fn read(path: PathBuf) -> Self {
        let file = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let state = serde_json::from_slice(&file).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path, bytes: file.trim_ascii_end().to_vec(), state }
    }
}

/// Where they are.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/states")
}

/// All of them.
pub fn all() -> Vec<SavedState> {
    let files = std::fs::read_dir(folder()).expect("the folder of states");
    let paths = files.map(|file| file.expect("a file").path());
    let states = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let all: Vec<SavedState> = states.map(SavedState::read).collect();
    assert!(all.len() >= 6, "{} states", all.len());
    all
}

/// The text of a parameter once `state` is loaded.
pub fn expected(state: &Value, (name, .., default, saved): Row) -> &'static str {
    if state["params"].get(name).is_some() { saved } else { default }
}
