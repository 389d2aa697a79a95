//! Samplers whose every step is one sum: x ← x_scale·x + eps_scale·ε + noise_scale·z.

use super::course::{Course, Level};
use super::plan::{Found, Sampler};
use crate::diffusion::{Evaluation, Gaussians};

/// The scales of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    /// Scale of x so far.
    pub x_scale: f32,
    /// Scale of the predicted noise.
    pub eps_scale: f32,
    /// Scale of the fresh noise; zero in the last step.
    pub noise_scale: f32,
    /// ln of the least and of the largest variance of the fresh noise, between which a network that learns variances
    /// chooses; none where it has no choice.
    pub log_variances: Option<[f32; 2]>,
}

impl Step {
    /// A step of these scales of x, ε and z, in which a network has no choice.
    pub fn new([x_scale, eps_scale, noise_scale]: [f64; 3]) -> Self {
        let [x_scale, eps_scale, noise_scale] = [x_scale, eps_scale, noise_scale].map(|scale| scale as f32);
        Self { x_scale, eps_scale, noise_scale, log_variances: None }
    }
}

/// A list of such steps.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Linear {
    pub evaluations: Vec<Evaluation>,
    pub steps: Vec<Step>,
}

impl Linear {
    /// One step per level of `course`.
    pub fn along(course: &Course, step: impl Fn(&Level) -> Step) -> Box<dyn Sampler> {
        let evaluations = course.levels.iter().map(|level| level.evaluation).collect();
        Box::new(Self { evaluations, steps: course.levels.iter().map(step).collect() })
    }
}

impl Sampler for Linear {
    fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations
    }

    fn step(&self, index: usize, x: &mut [f32], found: Found, noise: &mut Gaussians, _: &mut Vec<f32>) {
        let step = &self.steps[index];
        if step.noise_scale != 0.0 {
            noise.draw();
        }
        if let (Some(bounds), Some(places)) = (step.log_variances, found.variances) {
            scale_noise(noise.values_mut(), step, bounds, places);
        }
        let noise_scale = step.noise_scale * noise.temperature();
        for (i, (x, eps)) in x.iter_mut().zip(found.prediction).enumerate() {
            let std = noise.std(i);
            let predicted = step.eps_scale * eps * std;
            *x = step.x_scale * *x + predicted + noise_scale * noise.value(i) * std;
        }
    }
}

/// Gives noise that is to be scaled as `step` says the variances at `places` between `bounds`, both logarithmic (Nichol
/// and Dhariwal 2021, equation 15).
fn scale_noise(z: &mut [f32], step: &Step, [least, most]: [f32; 2], places: &[f32]) {
    for (z, place) in z.iter_mut().zip(places) {
        *z *= (0.5 * (least + (most - least) * place)).exp() / step.noise_scale;
    }
}
