//! States with random changes: whatever a project file holds, the plugin takes it or refuses it, and stays within its ranges.
//! `REMEL_MUTATIONS` has more of them looked at.

mod hostile_state;
#[path = "../../tests/mutation/mod.rs"]
mod mutation;

use hostile_state::Instance;
use mutation::{Random, misquoted, mutated};

#[test]
fn no_state_is_too_broken_to_be_answered() {
    let mut instance = Instance::new();
    let model = br#"{"version":"0.1.0","params":{"mix":0.5,"steps":4,"bypass":true,"latency":"live"},"#;
    let fields = br#""fields":{"model":"{\"file\":\"a.safetensors\",\"backend\":\"cpu\",\"threads\":2}"}}"#;
    for seed in [instance.save(), [&model[..], fields].concat()] {
        instance.take(&seed);
        for number in 0..mutation::count(1000) {
            instance.take(&mutated(seed.clone(), &mut Random(number)));
            instance.take(&misquoted(seed.clone(), &mut Random(number)));
        }
    }
}
