//! Samplers whose every step is one sum: what was found of the signal and of the noise, and fresh noise.

use super::course::Course;
use super::level::Level;
use super::plan::{Found, Sampler, Sum};
use crate::diffusion::{Evaluation, Gaussians, Prediction};

/// What a sampler puts together at the level below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Parts {
    /// Scale of the signal that was found.
    pub signal: f64,
    /// Scale of the noise that was found.
    pub noise: f64,
    /// Scale of the fresh noise; zero in the last step.
    pub fresh: f64,
}

/// The scales of one step, x ← x_scale·x + found_scale·found + fresh_scale·z.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Step {
    pub x_scale: f32,
    /// Scale of the prediction.
    pub found_scale: f32,
    pub fresh_scale: f32,
    /// ln of the least and of the largest variance of the fresh noise, between which a network that learns variances
    /// chooses; none where it has no choice.
    pub log_variances: Option<[f32; 2]>,
}

impl Step {
    /// The step that puts `parts` together from x and the prediction `form`.
    pub(super) fn new(level: &Level, form: Prediction, parts: Parts) -> Self {
        let Level { signal, noise, .. } = level;
        let (x_scale, found_scale) = match form {
            Prediction::Signal => (parts.noise / noise, parts.signal - parts.noise * signal / noise),
            _ => (parts.signal / signal, parts.noise - parts.signal * noise / signal),
        };
        let [x_scale, found_scale, fresh_scale] = [x_scale, found_scale, parts.fresh].map(|scale| scale as f32);
        Self { x_scale, found_scale, fresh_scale, log_variances: None }
    }

    /// The scale of what was found at value `index`: noise lies in x with its deviation.
    #[inline]
    pub fn found_scale(&self, form: Prediction, std: f32) -> f32 {
        if form == Prediction::Noise { self.found_scale * std } else { self.found_scale }
    }
}

/// A list of such steps.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Linear {
    pub evaluations: Vec<Evaluation>,
    pub steps: Vec<Step>,
    pub form: Prediction,
}

impl Linear {
    /// One step per level of `course`.
    pub fn along(course: &Course, step: impl Fn(&Level) -> Step) -> Box<dyn Sampler> {
        let evaluations = course.levels.iter().map(|level| level.evaluation).collect();
        Box::new(Self { evaluations, steps: course.levels.iter().map(step).collect(), form: course.form })
    }
}

impl Sampler for Linear {
    fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations
    }

    fn wants(&self) -> Prediction {
        self.form
    }

    fn sums(&self) -> Option<Vec<Sum>> {
        let sum = |Step { x_scale, found_scale, fresh_scale, .. }: &Step| Sum {
            x_scale: *x_scale,
            found_scale: *found_scale,
            fresh_scale: *fresh_scale,
        };
        Some(self.steps.iter().map(sum).collect())
    }

    fn step(&self, index: usize, x: &mut [f32], found: Found, noise: &mut Gaussians, _: &mut Vec<f32>) {
        let step = &self.steps[index];
        if step.fresh_scale != 0.0 {
            noise.draw();
        }
        if let (Some(bounds), Some(places)) = (step.log_variances, found.variances) {
            scale_noise(noise.values_mut(), step, bounds, places);
        }
        let fresh_scale = step.fresh_scale * noise.temperature();
        for (i, (x, found)) in x.iter_mut().zip(found.prediction).enumerate() {
            let std = noise.std(i);
            let predicted = step.found_scale(self.form, std) * found;
            *x = step.x_scale * *x + predicted + fresh_scale * noise.value(i) * std;
        }
    }
}

/// Gives noise that is to be scaled as `step` says the variances at `places` between `bounds`, both logarithmic (Nichol
/// and Dhariwal 2021, equation 15).
fn scale_noise(z: &mut [f32], step: &Step, [least, most]: [f32; 2], places: &[f32]) {
    for (z, place) in z.iter_mut().zip(places) {
        *z *= (0.5 * (least + (most - least) * place)).exp() / step.fresh_scale;
    }
}
