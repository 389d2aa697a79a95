//! DDPM's sampler (Ho et al. 2020, algorithm 2): the posterior of the next level, given the noisy signal and what was
//! found in it.

use super::course::{Course, Level};
use super::linear::{Linear, Step};
use super::plan::Sampler;

pub(super) fn lay(course: &Course) -> Box<dyn Sampler> {
    Linear::along(course, |level| Step {
        log_variances: level.log_variances.map(|bounds| bounds.map(|variance| variance as f32)),
        ..Step::new(scales(level))
    })
}

/// x ← (x − β/√(1−ᾱ)·ε)/√(1−β) + √β̃·z, with β̃ = (1−ᾱ_{n−1})/(1−ᾱ_n)·β: the scales of x, ε and z.
fn scales(level: &Level) -> [f64; 3] {
    let Level { alpha_bar, next_alpha_bar, beta, log_variances, .. } = level;
    let x_scale = 1.0 / (1.0 - beta).sqrt();
    let last = log_variances.is_none();
    let variance = if last { 0.0 } else { (1.0 - next_alpha_bar) / (1.0 - alpha_bar) * beta };
    [x_scale, -x_scale * beta / (1.0 - alpha_bar).sqrt(), variance.sqrt()]
}
