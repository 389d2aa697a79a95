//! Samplers of two evaluations a step: one at its level, and one where the first leads.

use std::ops::Range;

use super::plan::{Found, Sampler};
use crate::diffusion::{Evaluation, Gaussians, Prediction};

/// What a step makes of x, and of what was found in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stages {
    /// Scales of x and of fresh noise that come before the first evaluation; none where that is of x as it is.
    pub before: Option<[f32; 2]>,
    pub first: Evaluation,
    /// That of signal_scale·x₀ + noise_scale·ε as the first has found them; none where a step has but one.
    pub second: Option<Evaluation>,
    pub end: End,
}

/// Scales of what a step ends with.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    /// Of the signal and of the noise that the first evaluation has found.
    pub signal: f32,
    pub noise: f32,
    /// Of the signal that the first has found, less that of the second.
    pub difference: f32,
    /// Of fresh noise.
    pub fresh: f32,
}

/// A list of such steps. A step takes one row of Gaussians, before its evaluations or after them.
#[derive(Clone, Debug)]
pub(super) struct TwoStage {
    evaluations: Vec<Evaluation>,
    /// The step of each, and whether it is the second there.
    places: Vec<(usize, bool)>,
    steps: Vec<Stages>,
}

impl TwoStage {
    pub fn new(steps: Vec<Stages>) -> Self {
        let calls = steps
            .iter()
            .enumerate()
            .flat_map(|(index, step)| [(Some(step.first), (index, false)), (step.second, (index, true))]);
        let (evaluations, places) = calls.filter_map(|(call, place)| Some((call?, place))).unzip();
        Self { evaluations, places, steps }
    }
}

impl Sampler for TwoStage {
    fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations
    }

    fn wants(&self) -> Prediction {
        Prediction::Signal
    }

    fn steps(&self) -> Vec<Range<usize>> {
        let mut first = 0;
        let range = |step: &Stages| {
            let begun = first;
            first += 1 + usize::from(step.second.is_some());
            begun..first
        };
        self.steps.iter().map(range).collect()
    }

    fn row(&self, index: usize) -> usize {
        self.places[index].0 + 1
    }

    fn prepare(&self, index: usize, x: &mut [f32], noise: &mut Gaussians) {
        let (step, is_second) = self.places[index];
        let Some([x_scale, fresh]) = self.steps[step].before.filter(|_| !is_second) else { return };
        noise.draw();
        let fresh = fresh * noise.temperature();
        for (i, x) in x.iter_mut().enumerate() {
            *x = x_scale * *x + fresh * noise.value(i) * noise.std(i);
        }
    }

    fn step(&self, index: usize, x: &mut [f32], found: Found, noise: &mut Gaussians, memory: &mut Vec<f32>) {
        let (step, is_second) = self.places[index];
        let Stages { first, second, end, .. } = &self.steps[step];
        if !is_second {
            // The signal, and the noise as it lies in x, with its deviation.
            let of_noise = |(x, signal): (&f32, &f32)| (x - first.signal_scale * signal) / first.noise_scale;
            memory.clear();
            memory.extend_from_slice(found.prediction);
            memory.extend(x.iter().zip(found.prediction).map(of_noise));
        }
        let (signals, noises) = memory.split_at(x.len());
        if let Some(second) = second.filter(|_| !is_second) {
            for (i, x) in x.iter_mut().enumerate() {
                *x = second.signal_scale * signals[i] + second.noise_scale * noises[i];
            }
            return;
        }
        if end.fresh != 0.0 {
            noise.draw();
        }
        let fresh = end.fresh * noise.temperature();
        for (i, (x, second)) in x.iter_mut().zip(found.prediction).enumerate() {
            let found = end.signal * signals[i] + end.noise * noises[i];
            *x = found + end.difference * (signals[i] - second) + fresh * noise.value(i) * noise.std(i);
        }
    }
}
