//! What hosts and saved states go by.

use super::*;

#[test]
fn identifiers_stay_what_they_were() {
    let ids: Vec<String> = RemelParams::default().param_map().into_iter().map(|(id, _, _)| id).collect();
    let released = [
        "mix",
        "mel_from",
        "carrier",
        "strength",
        "steps",
        "temperature",
        "seed",
        "coherence",
        "freeze",
        "shift",
        "tilt",
        "smear",
        "detail",
        "latency",
        "output",
        "bypass",
        "on_underrun",
    ];
    assert_eq!(ids, released);
}

#[test]
fn a_choice_saved_without_backend_and_threads_loads() {
    let saved: SavedModel = nice_plug::params::persist::deserialize_field("{\"file\":\"a.safetensors\"}")
        .expect("state of an older version");
    assert_eq!(saved.choice, ModelChoice { file: Some("a.safetensors".into()), ..ModelChoice::default() });
    assert_eq!(saved.seen, None);
}
