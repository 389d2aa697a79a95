//! What a task is.

use std::ops::Range;

use burn::tensor::Tensor;

use crate::Result;
use crate::diffusion::Noise;
use crate::train::data::Split;
use crate::train::state::State;

/// What a network learns of crops.
pub trait Task: Send + Sync {
    /// The mean loss over the training crops `crops`, and its gradient by all parameters, when the share `done` of the
    /// training is over.
    ///
    /// # Errors
    /// Where the data cannot be read.
    fn gradient(&self, state: &State, crops: Range<u64>, done: f64) -> Result<(f64, Tensor<1>)>;

    /// What the averaged parameters are measured by: their mean loss over the validation crops `crops`.
    ///
    /// # Errors
    /// Where the data cannot be read.
    fn measure(&self, state: &State, crops: Range<u64>) -> Result<f64>;
}

/// The one value of a loss.
pub(super) fn scalar(loss: Tensor<1>) -> f64 {
    f64::from(loss.into_scalar::<f32>())
}

/// The Gaussians of crop `number` of `split` in a training with this `seed`, `[samples]`.
pub(super) fn noise(seed: u64, split: Split, number: u64, samples: usize) -> Vec<f32> {
    let mut noise = vec![0.0; samples];
    Noise::new(seed).fill(0, split as u16, number.wrapping_mul(samples as u64), &mut noise);
    noise
}
