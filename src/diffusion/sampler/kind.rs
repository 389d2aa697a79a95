//! The samplers by name.

use super::course::Course;
use super::plan::{Clamp, Sampler, SamplingPlan};
use crate::{Error, Result};

/// The table of samplers: every kind is called as its module is, whose `lay` lays it along the levels of a course.
macro_rules! samplers {
    ($($(#[$attribute:meta])* $kind:ident = $module:ident,)*) => {
        /// A way of going from level to level.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum SamplerKind {
            $($(#[$attribute])* $kind,)*
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

            fn lay(self, course: &Course) -> Box<dyn Sampler> {
                match self { $(Self::$kind => super::$module::lay(course),)* }
            }
        }
    };
}

samplers! {
    /// DDPM's (Ho et al. 2020, algorithm 2).
    #[default]
    Ancestral = ancestral,
    /// That of consistency models (Song et al. 2023, algorithm 1).
    Consistency = consistency,
    /// The deterministic one (Song, Meng and Ermon 2021, equation 12 with σ = 0).
    Ddim = ddim,
    /// Of second order, two network calls a step (Karras et al. 2022, algorithm 1).
    Heun = heun,
}

impl SamplerKind {
    /// Lays a sampling along `course`.
    pub fn plan(self, course: &Course, clamp: Clamp) -> SamplingPlan {
        SamplingPlan { start: course.start, sampler: self.lay(course), clamp }
    }
}

impl std::str::FromStr for SamplerKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::all().find(|kind| kind.name() == text).ok_or_else(|| {
            let names: Vec<&str> = Self::all().map(Self::name).collect();
            Error::invalid("--sampler", "value", format!("\"{text}\""), names.join(", "))
        })
    }
}
