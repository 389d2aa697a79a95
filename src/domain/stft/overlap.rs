//! Windows added up where they overlap.

use std::ops::Range;

/// Least sum of squared windows that is divided by.
const LEAST_WEIGHT: f32 = 1e-8;

/// The sum of windows, divided by what their weights, once in analysis and once here, add up to.
#[derive(Clone)]
pub(super) struct Overlap {
    window: Vec<f32>,
    squares: Vec<f32>,
    sum: Vec<f32>,
    weights: Vec<f32>,
}

impl Overlap {
    /// For windows weighed by `window`.
    pub(super) fn new(window: &[f32]) -> Self {
        // What comes back from the inverse transform is as many times too large as it has points.
        let scale = 1.0 / window.len() as f32;
        Self {
            window: window.iter().map(|w| w * scale).collect(),
            squares: window.iter().map(|w| w * w).collect(),
            sum: Vec::new(),
            weights: Vec::new(),
        }
    }

    /// Begins the sum of `count` windows, `hop` samples apart.
    pub(super) fn begin(&mut self, hop: usize, count: usize) {
        let samples = count.saturating_sub(1) * hop + self.window.len();
        for buffer in [&mut self.sum, &mut self.weights] {
            buffer.clear();
            buffer.resize(samples, 0.0);
        }
    }

    /// Adds the window that begins at sample `start`.
    pub(super) fn add(&mut self, start: usize, samples: &[f32]) {
        let range = start..start + self.window.len();
        for ((sum, sample), weight) in self.sum[range.clone()].iter_mut().zip(samples).zip(&self.window) {
            *sum += sample * weight;
        }
        for (sum, square) in self.weights[range].iter_mut().zip(&self.squares) {
            *sum += square;
        }
    }

    /// The samples `range` of the sum.
    pub(super) fn samples(&self, range: Range<usize>) -> Vec<f32> {
        let sums = range.map(|at| (self.sum.get(at), self.weights.get(at)));
        sums.map(|(sum, weight)| match (sum, weight) {
            (Some(sum), Some(weight)) => sum / weight.max(LEAST_WEIGHT),
            _ => 0.0,
        })
        .collect()
    }
}
