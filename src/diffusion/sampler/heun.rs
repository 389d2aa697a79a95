//! Heun's method along the deterministic sampler's path (Karras et al. 2022, algorithm 1 without its noise): two
//! evaluations a step, the second at where the first leads, and the mean of both taken.

use std::ops::Range;

use super::course::Course;
use super::ddim;
use super::linear::Step;
use super::plan::{Found, Sampler};
use crate::diffusion::{Evaluation, Gaussians, Prediction};

/// Steps, of which every one but the last has a second evaluation at its end.
#[derive(Clone, Debug)]
struct Heun {
    evaluations: Vec<Evaluation>,
    steps: Vec<Step>,
    form: Prediction,
}

pub(super) fn lay(course: &Course) -> Box<dyn Sampler> {
    let evaluations = course.levels.iter().enumerate().flat_map(|(index, level)| {
        // The second evaluation of a step is told of the level where it ends; at the last there is no noise to find.
        let end = (index > 0).then_some(level.evaluation);
        end.into_iter().chain([level.evaluation])
    });
    // Straight on, as the deterministic sampler goes: with noise, x/√ᾱ moves along ε by the change of √(1−ᾱ)/√ᾱ; with the
    // signal, x/√(1−ᾱ) along x₀ by that of its inverse.
    let step = |level| Step::new(level, course.form, ddim::parts(level));
    Box::new(Heun {
        evaluations: evaluations.collect(),
        steps: course.levels.iter().map(step).collect(),
        form: course.form,
    })
}

impl Sampler for Heun {
    fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations
    }

    fn wants(&self) -> Prediction {
        self.form
    }

    fn steps(&self) -> Vec<Range<usize>> {
        let all = self.evaluations.len();
        (0..self.steps.len()).map(|step| 2 * step..(2 * step + 2).min(all)).collect()
    }

    fn step(&self, index: usize, x: &mut [f32], found: Found, noise: &mut Gaussians, memory: &mut Vec<f32>) {
        let step = &self.steps[index / 2];
        if index.is_multiple_of(2) {
            memory.clear();
            memory.extend_from_slice(x);
            memory.extend_from_slice(found.prediction);
            for (i, (x, found)) in x.iter_mut().zip(found.prediction).enumerate() {
                *x = step.x_scale * *x + step.found_scale(self.form, noise.std(i)) * found;
            }
        } else {
            let (before, first) = memory.split_at(x.len());
            for (i, x) in x.iter_mut().enumerate() {
                let found = 0.5 * (first[i] + found.prediction[i]);
                *x = step.x_scale * before[i] + step.found_scale(self.form, noise.std(i)) * found;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::{Draw, NoiseSource, Schedule};

    #[test]
    fn it_follows_a_curved_path_closer_than_straight_steps_do() {
        // Of a signal with deviation s the network finds ε = x·√(1−ᾱ)/(ᾱs² + 1 − ᾱ), and the path ends in s·x_T.
        let training = Schedule::linear(50, 1e-4, 0.05).expect("valid");
        let deviation = 0.3_f32;
        let end = |lay: fn(&Course) -> Box<dyn Sampler>| {
            let sampler = lay(&Course::of_steps(&training, &training.respaced(24).expect("valid"), 1.0));
            let (mut x, mut z, mut memory, rows) = ([1.0], [0.0], Vec::new(), [0.0; 16]);
            for (index, at) in sampler.evaluations().iter().enumerate() {
                let energy = (at.signal_scale * deviation).powi(2) + at.noise_scale.powi(2);
                let found = Found { prediction: &[x[0] * at.noise_scale / energy], variances: None };
                let draw = Draw { noise: NoiseSource::Given(&rows), temperature: 1.0, std: &[], carrier: &[] };
                sampler.step(index, &mut x, found, &mut Gaussians::new(&draw, 1, &mut z), &mut memory);
            }
            x[0]
        };
        let top = training.respaced(24).expect("valid").alpha_bars()[23] as f32;
        let expected = deviation / (top * deviation * deviation + 1.0 - top).sqrt();
        let (heun, straight) = (end(lay), end(ddim::lay));
        assert!(
            (heun - expected).abs() < 0.3 * (straight - expected).abs(),
            "{heun}, {straight}, not {expected}"
        );
    }
}
