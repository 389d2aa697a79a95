//! The deterministic sampler (Song, Meng and Ermon 2021, equation 12 with σ = 0): what was found in the noisy signal,
//! with the noise that was found there, at the level below.

use super::course::Course;
use super::level::Level;
use super::linear::{Linear, Parts, Step};
use super::plan::Sampler;

pub(super) fn lay(course: &Course) -> Box<dyn Sampler> {
    Linear::along(course, |level| Step::new(level, course.form, parts(level)))
}

/// √ᾱ'·x₀ + √(1−ᾱ')·ε
pub(super) fn parts(level: &Level) -> Parts {
    Parts { signal: level.next_signal, noise: level.next_noise, fresh: 0.0 }
}
