//! What the speed of a workload depends on.

use serde::{Deserialize, Serialize};

/// What the speed of a workload depends on: measurements under equal keys are of the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The program's version.
    pub version: String,
    /// The network's configuration, network calls, and what is computed beside them, as JSON: as text, because numbers that
    /// are read back may differ in their last place.
    pub model: String,
    /// The mode's name.
    pub mode: String,
    /// Frames of a chunk of its plan, and of the context before and after it.
    pub plan: [usize; 3],
    /// Threads on the CPU.
    pub threads: usize,
    /// The instruction set that they compute in.
    pub instruction_set: String,
    /// The places that were measured, by name.
    pub places: Vec<String>,
}

impl Key {
    /// The program that measures now.
    pub(super) fn this_version() -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    /// The name of the file that a measurement is kept in. Two keys may have one name: the file says whose it is.
    pub(super) fn file_name(&self) -> String {
        let Self { version, model, mode, plan, threads, instruction_set, places } = self;
        let text = format!("{version}\n{model}\n{mode}\n{plan:?}\n{threads}\n{instruction_set}\n{places:?}");
        format!("{:08x}.json", crc32fast::hash(text.as_bytes()))
    }
}
