//! The samplers by name.

use super::course::Course;
use super::plan::{Clamp, Sampler, SamplingPlan};
use super::{ancestral, consistency, ddim};
use crate::diffusion::Schedule;
use crate::{Error, Result};

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
