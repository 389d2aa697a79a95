//! Progressive distillation (Salimans and Ho 2022): one step of the student is several of its teacher's.

use burn::tensor::Tensor;

use super::signal::{sigma, values};
use crate::Result;
use crate::diffusion::Schedule;
use crate::train::Batch;

/// Fewest steps of the teacher for one of the student's.
const LEAST_SUBSTEPS: usize = 2;

/// √ᾱ of the student's `steps` steps, which are all that it learns, and the teacher's steps for each.
pub fn levels(inference: &Schedule, steps: usize) -> Result<(Vec<f64>, Vec<f64>, usize)> {
    let levels: Vec<f64> = inference.respaced(steps)?.alpha_bars().iter().map(|a| a.sqrt()).collect();
    Ok((levels.clone(), levels, inference.len().div_ceil(steps).max(LEAST_SUBSTEPS)))
}

/// The signals that lead the student from `x` in one step to where the teacher has `arrived` (algorithm 2).
/// `[crops, samples]`
pub fn one_step(batch: &Batch, x: &[f32], arrived: Tensor<2>, steps: &[[f64; 2]]) -> Vec<f32> {
    let signal = |(index, (x, arrived)): (usize, (&f32, f32))| {
        let [from, to] = steps[index / batch.samples];
        let ratio = sigma(to) / sigma(from);
        ((f64::from(arrived) - ratio * f64::from(*x)) / (to - ratio * from)) as f32
    };
    x.iter().zip(values(arrived)).enumerate().map(signal).collect()
}
