//! A whole sampling laid out as sums, for devices that take it without coming back in between.

use super::{Clamp, Draw, History, Prediction, SamplingPlan};
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

/// One evaluation, and the step after it: x ← x_scale·x + found_scale·found, and the next row of noise where it is `fresh`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct WayStep {
    /// What the network is told.
    pub level: f32,
    /// That of x.
    pub x_scale: f32,
    /// That of what was found.
    pub found_scale: f32,
    /// Whether a row of noise is added.
    pub fresh: bool,
    /// Scale of the signal in x before the step.
    pub signal_scale: f32,
    /// Scale of the noise in x before the step.
    pub noise_scale: f32,
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
        for (index, (sum, evaluation)) in sums.iter().zip(plan.sampler.evaluations()).enumerate() {
            let fresh = sum.fresh_scale != 0.0;
            for draw in draws.iter().filter(|_| fresh) {
                draw.noise.row(plan.sampler.row(index), z);
                let scale = sum.fresh_scale * draw.temperature;
                noise.extend(z.iter().enumerate().map(|(i, z)| scale * z * std(draw, i)));
            }
            steps.push(WayStep {
                level: evaluation.level,
                x_scale: sum.x_scale,
                found_scale: sum.found_scale,
                fresh,
                signal_scale: evaluation.signal_scale,
                noise_scale: evaluation.noise_scale,
            });
        }
        let scaled = wants == Prediction::Noise && draws.iter().any(|draw| !draw.std.is_empty());
        // A draw knows of more values than there are where a window ends early.
        let of_draw = |draw| (0..z.len()).map(move |index| std(draw, index));
        let std = draws.iter().filter(|_| scaled).flat_map(of_draw).collect();
        Some(Self { steps, noise, std, clamp: plan.clamp, fit: None })
    }
}
