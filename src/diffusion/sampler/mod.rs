//! Samplers: ways from noise to a signal, one network call after another.
//!
//! A sampler sees no layer of a network, and a network no schedule: between them are [`Evaluation`]s. What is drawn and kept
//! on the way, rows of noise and histories of causal networks, is counted in evaluations too, so that a sampler with
//! several of them per step is like any other.
//!
//! Adding one: its file, and a row of the table below.

mod ancestral;
mod consistency;
mod course;
mod ddim;
mod linear;
#[cfg(test)]
mod tests;

pub use course::Start;

use course::Course;

use super::{Gaussians, Prediction, Schedule};
use crate::{Error, Result};

/// One call of the network on the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// What the network is told of the noise in x.
    pub level: f32,
    /// √ᾱ: scale of the signal in x.
    pub signal_scale: f32,
    /// √(1 − ᾱ): scale of the noise in x.
    pub noise_scale: f32,
}

/// What a network has found in one window's x.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// What [`Sampler::wants`] says, `[values]`.
    pub prediction: &'a [f32],
    /// Where variances lie between the least and the largest that a step may have, both logarithmic, 0 to 1, `[values]`
    /// (Nichol and Dhariwal 2021, equation 15); none where the network learns none.
    pub variances: Option<&'a [f32]>,
}

/// A way from noise to a signal, made before any audio flows.
pub trait Sampler: std::fmt::Debug + Send + Sync {
    /// The calls of the network, in their order.
    fn evaluations(&self) -> &[Evaluation];

    /// The prediction that [`Sampler::step`] takes; the sampling converts what the network gives.
    fn wants(&self) -> Prediction {
        Prediction::Noise
    }

    /// Moves one window's `x`, `[values]`, on from evaluation `index`, in which the network has `found` something. `noise`
    /// draws the evaluation's Gaussians; `memory` is the window's own and empty before the first evaluation.
    fn step(&self, index: usize, x: &mut [f32], found: Found, noise: &mut Gaussians, memory: &mut Vec<f32>);
}

/// Where values are limited to [−1, 1].
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clamp {
    /// After every step, as lmnt-com/diffwave does.
    EveryStep,
    /// After the last step only.
    Last,
    /// Nowhere: what is sampled is not audio yet.
    Never,
}

/// A sampling laid out: where it starts, how it goes on, and where values are limited.
#[derive(Debug)]
pub struct SamplingPlan {
    /// What it starts from.
    pub start: Start,
    /// How it goes on; without an evaluation, what it starts from is what comes out.
    pub sampler: Box<dyn Sampler>,
    /// Where values are limited.
    pub clamp: Clamp,
}

/// The samplers by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SamplerKind {
    /// DDPM's (Ho et al. 2020, algorithm 2).
    #[default]
    Ancestral,
    /// That of consistency models (Song et al. 2023, algorithm 1).
    Consistency,
    /// The deterministic one (Song, Meng and Ermon 2021, equation 12 with σ = 0).
    Ddim,
}

/// Lays a way along the levels of a course.
type Lay = fn(&Course) -> Box<dyn Sampler>;

/// Every sampler with its name and how it is laid.
const SAMPLERS: &[(SamplerKind, &str, Lay)] = &[
    (SamplerKind::Ancestral, "ancestral", ancestral::lay),
    (SamplerKind::Consistency, "consistency", consistency::lay),
    (SamplerKind::Ddim, "ddim", ddim::lay),
];

impl SamplerKind {
    /// All of them, in the order of their table.
    pub fn all() -> impl Iterator<Item = Self> {
        SAMPLERS.iter().map(|(kind, ..)| *kind)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> &'static (Self, &'static str, Lay) {
        SAMPLERS.iter().find(|(kind, ..)| *kind == self).expect("every sampler has a row")
    }

    /// Lays a sampling along `inference`, with the levels that a network trained on `training` expects (DiffWave,
    /// appendix B).
    ///
    /// `strength` says how far the carrier is noised, as a share of the schedule's largest noise: 1 starts from pure noise,
    /// 0 returns the carrier; between them the schedule begins at exactly that much noise. Any number will do: what lies
    /// outside of that range takes its end.
    pub fn plan(self, training: &Schedule, inference: &Schedule, strength: f64, clamp: Clamp) -> SamplingPlan {
        let course = Course::new(training, inference, strength);
        SamplingPlan { start: course.start, sampler: (self.row().2)(&course), clamp }
    }
}

impl std::str::FromStr for SamplerKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = SAMPLERS.iter().find(|(_, name, _)| *name == text).map(|(kind, ..)| *kind);
        found.ok_or_else(|| {
            let names: Vec<&str> = SAMPLERS.iter().map(|(_, name, _)| *name).collect();
            Error::invalid("--sampler", "value", format!("\"{text}\""), names.join(", "))
        })
    }
}
