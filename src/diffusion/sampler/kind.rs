//! The samplers by name.

use super::course::Course;
use super::plan::{Clamp, Sampler, SamplingPlan};
use crate::{Error, Result};

/// The table of samplers: every kind is called as its module is, whose `lay` lays it along the levels of a course.
macro_rules! samplers {
    ($($(#[$attribute:meta])* $kind:ident = $module:ident $(or $alias:literal)?,)*) => {
        /// A way of going from level to level.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum SamplerKind {
            $($(#[$attribute])* $(#[serde(alias = $alias)])? $kind,)*
        }

        impl SamplerKind {
            /// All of them, in the order of their table.
            pub fn all() -> impl Iterator<Item = Self> {
                [$(Self::$kind,)*].into_iter()
            }

            /// Its name, in files and on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => stringify!($module),)* }
            }

            /// Another name that it goes by.
            fn alias(self) -> Option<&'static str> {
                match self { $(Self::$kind => [$($alias)?].first().copied(),)* }
            }

            fn lay(self, course: &Course) -> Box<dyn Sampler> {
                match self { $(Self::$kind => super::$module::lay(course),)* }
            }
        }
    };
}

samplers! {
    /// Of second order with ancestral noise, two network calls a step (`ADPM2Sampler` of audio-diffusion-pytorch 0.0.60).
    Adpm2 = adpm2,
    /// DDPM's (Ho et al. 2020, algorithm 2). In x₀ + σ·ε it is Euler's method with ancestral noise, so that `aeuler` means it
    /// too (`AEulerSampler` of audio-diffusion-pytorch 0.0.60).
    #[default]
    Ancestral = ancestral or "aeuler",
    /// That of consistency models (Song et al. 2023, algorithm 1).
    Consistency = consistency,
    /// The deterministic one (Song, Meng and Ermon 2021, equation 12 with σ = 0).
    Ddim = ddim,
    /// Of second order, two network calls a step (Karras et al. 2022, algorithm 1).
    Heun = heun,
    /// The stochastic one of audio-diffusion-pytorch 0.0.60, `KarrasSampler` (see its module for how it is not the paper's).
    Karras = karras,
}

impl SamplerKind {
    /// Lays a sampling along `course`.
    pub fn plan(self, course: &Course, clamp: Clamp) -> SamplingPlan {
        SamplingPlan {
            start: course.start,
            sampler: self.lay(course),
            clamp,
            predicts: course.predicts,
            threshold: course.threshold,
            levels: course.levels.clone(),
        }
    }
}

impl std::str::FromStr for SamplerKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::all().find(|kind| kind.name() == text || kind.alias() == Some(text)).ok_or_else(|| {
            let names: Vec<&str> =
                Self::all().map(Self::name).chain(Self::all().filter_map(Self::alias)).collect();
            Error::invalid("--sampler", "value", format!("\"{text}\""), names.join(", "))
        })
    }
}
