//! The deterministic sampler (Song, Meng and Ermon 2021, equation 12 with σ = 0): what was found in the noisy signal,
//! with the noise that was found there, at the level below.

use super::course::{Course, Level};
use super::linear::{Linear, Step};
use super::plan::Sampler;

pub(super) fn lay(course: &Course) -> Box<dyn Sampler> {
    Linear::along(course, |level| Step::new(scales(level)))
}

/// x ← √ᾱ_{n−1}·(x − √(1−ᾱ_n)·ε)/√ᾱ_n + √(1−ᾱ_{n−1})·ε: the scales of x, ε and z.
pub(super) fn scales(level: &Level) -> [f64; 3] {
    let Level { alpha_bar, next_alpha_bar, .. } = level;
    let x_scale = (next_alpha_bar / alpha_bar).sqrt();
    [x_scale, (1.0 - next_alpha_bar).sqrt() - x_scale * (1.0 - alpha_bar).sqrt(), 0.0]
}
