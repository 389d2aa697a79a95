//! Samplers: ways from noise to a signal, one network call after another.
//!
//! A sampler sees no layer of a network, and a network no schedule: between them are [`Evaluation`]s. What is drawn and kept
//! on the way, rows of noise and histories of causal networks, is counted in evaluations too, so that a sampler with
//! several of them per step is like any other.
//!
//! Adding one: its file, and a row of the table in `kind`.

mod ancestral;
mod consistency;
mod course;
mod ddim;
mod heun;
mod kind;
mod linear;
mod plan;
#[cfg(test)]
mod tests;

#[cfg(feature = "train")]
pub(crate) use ancestral::ancestral_steps;
pub use course::{Course, Start};
pub use kind::SamplerKind;
pub use plan::{Clamp, Found, Sampler, SamplingPlan};
