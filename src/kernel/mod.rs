//! What the CPU forms of networks share: registers, products, threads, and the choice of an instruction set.
//!
//! A network cuts its evaluation into `Work`s of blocks that do not depend on each other, each written once over
//! `Lanes`. The `Executor` runs a work's blocks on its threads in the best instruction set of the machine: one body
//! is compiled for every set, and everything it calls is `inline(always)` down to the function that enables the set.
//! Nothing here knows a particular network.

mod activation;
mod buffer;
mod denormals;
mod executor;
mod instruction_set;
mod lanes;
mod linear;
mod matrix;
mod pool;
mod prefetch;
mod priority;
mod recent;
mod workers;

#[cfg(all(feature = "train", target_arch = "x86_64", target_os = "linux"))]
pub(crate) use activation::activations;
#[cfg(feature = "train")]
pub(crate) use activation::exp;
pub(crate) use activation::{FILTER_EXPONENT, GATE_EXPONENT, gate};
pub(crate) use buffer::{Buffer, SharedRows};
pub(crate) use denormals::DenormalsFlushed;
pub use denormals::flush_denormals;
pub(crate) use executor::Executor;
#[cfg(all(feature = "train", target_arch = "x86_64", target_os = "linux"))]
pub(crate) use instruction_set::Avx512;
pub use instruction_set::InstructionSet;
pub(crate) use lanes::{Lanes, UNIT, Work, units};
pub(crate) use linear::{Linear, silu};
pub(crate) use matrix::{Biased, Edge, Matrix, ROWS, load, multiply, multiply_few, store};
pub(crate) use prefetch::{prefetch, prefetch_early};
pub use priority::raise_priority;
pub(crate) use recent::Recent;
pub(crate) use workers::Workers;
