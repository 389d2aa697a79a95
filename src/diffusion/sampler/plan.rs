//! What a sampler is.

use std::ops::Range;

use super::course::Start;
use super::level::Level;
use crate::diffusion::{Evaluation, Gaussians, Prediction, Threshold};

/// What a network has found in one window's x.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// What [`Sampler::wants`] says, `[values]`.
    pub prediction: &'a [f32],
    /// Where variances lie between the least and the largest that a step may have, both logarithmic, 0 to 1, `[values]`
    /// (Nichol and Dhariwal 2021, equation 15); none where the network learns none.
    pub variances: Option<&'a [f32]>,
}

/// The scales of a step that is one sum: x ← x_scale·x + found_scale·found + fresh_scale·z.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sum {
    /// That of x.
    pub x_scale: f32,
    /// That of what was found, which, where it is noise, has the noise's deviation.
    pub found_scale: f32,
    /// That of the fresh noise, which has the deviation too.
    pub fresh_scale: f32,
}

/// A way from noise to a signal, made before any audio flows.
pub trait Sampler: std::fmt::Debug + Send + Sync {
    /// The calls of the network, in their order.
    fn evaluations(&self) -> &[Evaluation];

    /// The prediction that [`Sampler::step`] takes; the sampling converts what the network gives.
    fn wants(&self) -> Prediction {
        Prediction::Noise
    }

    /// The evaluations of every step, in their order: a step goes from one level to the next.
    fn steps(&self) -> Vec<Range<usize>> {
        (0..self.evaluations().len()).map(|index| index..index + 1).collect()
    }

    /// The row of Gaussians that evaluation `index` draws from; row 0 is what sampling starts from.
    fn row(&self, index: usize) -> usize {
        index + 1
    }

    /// The steps after all evaluations, where each is no more than a sum. Of variances that a network learns they know nothing.
    fn sums(&self) -> Option<Vec<Sum>> {
        None
    }

    /// Moves one window's `x`, `[values]`, to where evaluation `index` looks. `noise` draws the evaluation's Gaussians.
    fn prepare(&self, _index: usize, _x: &mut [f32], _noise: &mut Gaussians) {}

    /// Moves one window's `x`, `[values]`, on from evaluation `index`, in which the network has `found` something. `noise`
    /// draws the evaluation's Gaussians; `memory` is the window's own and empty before the first evaluation.
    fn step(&self, index: usize, x: &mut [f32], found: Found, noise: &mut Gaussians, memory: &mut Vec<f32>);
}

/// Where values are limited to [−1, 1].
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Clamp {
    /// After every step, as lmnt-com/diffwave does.
    EveryStep,
    /// Those of the signal that is found, before every step, as ivanvovk/WaveGrad does.
    Found,
    /// After the last step only.
    Last,
    /// Nowhere: what is sampled is not audio yet.
    Never,
}

/// A sampling laid out: where it starts, how it goes on, and where values are limited.
#[derive(Debug)]
pub struct SamplingPlan {
    /// What it starts from.
    pub start: Start,
    /// How it goes on; without an evaluation, what it starts from is what comes out.
    pub sampler: Box<dyn Sampler>,
    /// Where values are limited.
    pub clamp: Clamp,
    /// What the network predicts, where that is a matter of how it was trained and not of its kind.
    pub predicts: Option<Prediction>,
    /// How the signals are limited that are found on the way.
    pub threshold: Option<Threshold>,
    /// The levels that its steps start from.
    pub(in crate::diffusion) levels: Vec<Level>,
}

impl SamplingPlan {
    /// Rows of Gaussians that it takes: the start's, and one for every draw. Where the last level is followed by none there
    /// is no last draw.
    pub fn rows(&self) -> usize {
        let last = self.sampler.evaluations().len().checked_sub(1);
        let ends_noisy = self.levels.last().is_some_and(|level| level.next_noise > 0.0);
        last.map_or(0, |last| self.sampler.row(last) + usize::from(ends_noisy))
    }
}
