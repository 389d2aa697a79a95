//! Training: from audio to a model file.
//!
//! [`config`] reads what is to be trained, [`data`] gives crops of audio by their number, [`run`] is the loop, and
//! [`report`] writes down how it goes.

mod background;
mod batch;
pub mod config;
pub mod data;
mod differences;
mod distill;
mod files;
mod initial;
mod journal;
mod learner;
mod levels;
mod loss;
mod observer;
mod optimizer;
mod pairs;
mod parameters;
mod range;
pub mod report;
mod run;
mod scale;
mod start;
mod state;
mod task;
mod temperature;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod tiled;

pub use batch::Batch;
pub use loss::{NoiseLoss, SigmaLoss, SpectralLoss, VariationalLoss};
pub use observer::{Observer, Progress};
pub use parameters::{Differentiable, flattened, unflattened};
pub use run::run;
