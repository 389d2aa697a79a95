//! Which device renders: the fastest, by measurement.
//!
//! A `Workload` (a model in a `Mode`, on so many threads) has a `Job` on every place of the machine: a little sound, cut into
//! windows as the mode cuts it. `measure` times the jobs one after the other, `Measurement` is what came of it, and `Store`
//! keeps that on the disk under the workload's `Key`. `file` says when a file is long enough for measuring to pay.
//!
//! Software Vulkan is the CPU by a detour, and is not among the places. On a machine that has but the CPU nothing is measured.

mod file;
mod job;
mod key;
mod measure;
mod measurement;
mod mode;
mod store;
mod workload;

pub use file::{FileChoice, choose_for_file, file_measurement};
pub use job::{Job, moving_mel};
pub use key::Key;
pub use measure::{Candidate, Clock, WallClock, measure};
pub use measurement::{Measurement, Outcome, Timing};
pub use mode::Mode;
pub use store::Store;
pub use workload::Workload;

use crate::network::Backend;

/// The places that are chosen among: the CPU, and every real GPU.
pub fn places() -> Vec<Backend> {
    let gpus = Backend::all().into_iter().filter(Backend::is_gpu);
    std::iter::once(Backend::Cpu).chain(gpus).collect()
}
