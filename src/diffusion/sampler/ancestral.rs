//! DDPM's sampler (Ho et al. 2020, algorithm 2): the posterior of the next level, given the noisy signal and what was
//! found in it; or with less fresh noise than that (Song, Meng and Ermon 2021, equation 16).

use super::course::Course;
use super::level::Level;
use super::linear::{Linear, Parts, Step};
use super::plan::Sampler;
#[cfg(feature = "train")]
use crate::diffusion::Evaluation;

pub(super) fn lay(course: &Course) -> Box<dyn Sampler> {
    Linear::along(course, |level| step(course, level))
}

/// The network's calls along `course`, each with the scales of the step after it: for those who sample otherwise.
#[cfg(feature = "train")]
pub(crate) fn ancestral_steps(course: &Course) -> Vec<(Evaluation, Step)> {
    course.levels.iter().map(|level| (level.evaluation, step(course, level))).collect()
}

fn step(course: &Course, level: &Level) -> Step {
    Step {
        // A network's variances are those of the posterior.
        log_variances: level
            .log_variances
            .filter(|_| course.eta == 1.0)
            .map(|bounds| bounds.map(|variance| variance as f32)),
        ..Step::new(level, course.form, parts(level, course.eta))
    }
}

/// √ᾱ'·x₀ + √(1−ᾱ'−v²)·ε + v·z, with v² = η²·(1−ᾱ')/(1−ᾱ)·(1 − ᾱ/ᾱ')
fn parts(level: &Level, eta: f64) -> Parts {
    let fresh = eta * level.posterior_deviation();
    Parts {
        signal: level.next_signal,
        noise: (level.next_noise.powi(2) - fresh.powi(2)).max(0.0).sqrt(),
        fresh,
    }
}
