//! Samplers: ways from noise to a signal, one network call after another.
//!
//! A sampler sees no layer of a network, and a network no schedule: between them are [`Evaluation`]s. What causal networks keep
//! on the way is counted in evaluations too, so that a sampler with several of them per step is like any other. Rows of noise
//! are counted as [`Sampler::row`] says: a sampler that draws once in a step of two evaluations takes one row of each step.
//!
//! Adding one: its file, and a row of the table in `kind`.

mod adpm2;
mod ancestral;
mod churn;
mod consistency;
mod course;
mod ddim;
mod heun;
mod karras;
mod kind;
mod level;
mod linear;
mod plan;
#[cfg(test)]
mod tests;
mod two_stage;

#[cfg(feature = "train")]
pub(crate) use ancestral::ancestral_steps;
pub use churn::Churn;
pub use course::{Course, Start};
pub use kind::SamplerKind;
pub use plan::{Clamp, Found, Sampler, SamplingPlan, Sum};
