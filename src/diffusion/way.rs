//! A whole sampling laid out as sums, for devices that take it without coming back in between.

use super::{Clamp, Draw, Evaluation, History, Prediction, SamplingPlan, Sum};
use crate::Result;
use crate::mel::SpectrumFit;

/// A network that can take x all the way, on its device.
pub trait WholeDenoiser: Send {
    /// Takes `x`, `[windows, values]` row-major, along `way`. The `histories`, one per evaluation for every window, or none
    /// for windows that stand alone, go along to the end of x.
    ///
    /// # Errors
    /// Those of the device; histories are then as they were.
    fn sample(&mut self, way: Way, x: &mut [f32], histories: &mut [&mut [History]]) -> Result<()>;
}

/// The way of a batch of windows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Way {
    /// One evaluation after another.
    pub steps: Vec<WayStep>,
    /// Fresh noise with its scale and deviation, a row of `[windows, values]` for each step that takes some.
    pub noise: Vec<f32>,
    /// Deviation of the noise that a network predicts, `[windows, values]`; empty where it is 1.
    pub std: Vec<f32>,
    /// Where values are limited; never after the last step alone, which is left to who asked.
    pub clamp: Clamp,
    /// What predictions are brought to.
    pub fit: Option<SpectrumFit>,
}

/// One evaluation, and the step after it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct WayStep {
    /// What the network is told, and the scales of what it is given.
    pub evaluation: Evaluation,
    /// The step's scales; that of fresh noise is in [`Way::noise`] already.
    pub sum: Sum,
}

impl WayStep {
    /// Whether it takes a row of noise.
    pub fn is_fresh(&self) -> bool {
        self.sum.fresh_scale != 0.0
    }
}

impl Way {
    /// That of `plan` for windows of `values` values, where the network predicts what `plan` gives it as; none where a step is more
    /// than a sum, or what is predicted has to become something else first. Rows are drawn into `z`, `[values]`.
    pub(super) fn new(
        plan: &SamplingPlan,
        predicts: Prediction,
        draws: &[Draw],
        z: &mut [f32],
    ) -> Option<Self> {
        let sums = plan.sampler.sums()?;
        let (gives, wants) = (plan.predicts.unwrap_or(predicts), plan.sampler.wants());
        let limits = plan.clamp != Clamp::Found || wants == Prediction::Noise;
        if gives != wants || plan.threshold.is_some() || !limits {
            return None;
        }
        let std = |draw: &Draw, index: usize| draw.std.get(index).copied().unwrap_or(1.0);
        let mut noise = Vec::new();
        let mut steps = Vec::with_capacity(sums.len());
        for (index, (sum, evaluation)) in sums.into_iter().zip(plan.sampler.evaluations()).enumerate() {
            let step = WayStep { evaluation: *evaluation, sum };
            for draw in draws.iter().filter(|_| step.is_fresh()) {
                draw.noise.row(plan.sampler.row(index), z);
                let scale = sum.fresh_scale * draw.temperature;
                noise.extend(z.iter().enumerate().map(|(i, z)| scale * z * std(draw, i)));
            }
            steps.push(step);
        }
        let scaled = wants == Prediction::Noise && draws.iter().any(|draw| !draw.std.is_empty());
        // A draw knows of more values than there are where a window ends early.
        let of_draw = |draw| (0..z.len()).map(move |index| std(draw, index));
        let std = draws.iter().filter(|_| scaled).flat_map(of_draw).collect();
        Some(Self { steps, noise, std, clamp: plan.clamp, fit: None })
    }
}
