//! The Fourier transform of what lies under a window, there and back.

use std::sync::Arc;

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex32};

/// Why a transform cannot fail.
const FITS: &str = "the buffers are the transform's own";

/// A Fourier transform of real samples under a periodic Hann window, and its inverse, in buffers of its own.
#[derive(Clone)]
pub(crate) struct WindowedTransform {
    /// The window, `[win]`; whoever fills or reads `time` weighs with it.
    pub window: Vec<f32>,
    /// The samples, `[n_fft]`, of which those beyond the window are taken for zeros.
    pub time: Vec<f32>,
    /// Their spectrum, `[n_fft / 2 + 1]`.
    pub bins: Vec<Complex32>,
    /// What either transform works in.
    scratch: Vec<Complex32>,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
}

impl WindowedTransform {
    /// The transform of `win` samples in `n_fft ≥ win` points.
    pub(crate) fn new(n_fft: usize, win: usize) -> Self {
        assert!((1..=n_fft).contains(&win), "a window of {win} samples in {n_fft} points");
        let mut planner = RealFftPlanner::<f32>::new();
        let (forward, inverse) = (planner.plan_fft_forward(n_fft), planner.plan_fft_inverse(n_fft));
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            window: hann(win),
            time: forward.make_input_vec(),
            bins: forward.make_output_vec(),
            scratch: vec![Complex32::default(); scratch],
            forward,
            inverse,
        }
    }

    /// From `time` to `bins`; what is left of `time` is of no use. Real-time.
    pub(crate) fn forward(&mut self) {
        self.time[self.window.len()..].fill(0.0);
        self.forward.process_with_scratch(&mut self.time, &mut self.bins, &mut self.scratch).expect(FITS);
    }

    /// From `bins`, of which the first and the last are real, to `time`, `n_fft` times too large. Real-time.
    pub(crate) fn inverse(&mut self) {
        self.inverse.process_with_scratch(&mut self.bins, &mut self.time, &mut self.scratch).expect(FITS);
    }
}

/// The periodic Hann window of `win` samples: `½ − ½·cos(2πn / win)`.
pub(crate) fn hann(win: usize) -> Vec<f32> {
    let turn = std::f64::consts::TAU / win as f64;
    (0..win).map(|n| (0.5 - 0.5 * (turn * n as f64).cos()) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_leaves_the_weighed_samples() {
        for (n_fft, win) in [(16, 16), (32, 12), (30, 30), (27, 20)] {
            let mut transform = WindowedTransform::new(n_fft, win);
            let samples: Vec<f32> = (0..win).map(|n| (n as f32 * 1.7).sin()).collect();
            let weighed: Vec<f32> = samples.iter().zip(&transform.window).map(|(x, w)| x * w).collect();
            transform.time[..win].copy_from_slice(&weighed);
            // What lies beyond the window is not transformed.
            transform.time[win..].fill(7.0);
            transform.forward();
            transform.inverse();
            for (n, back) in transform.time.iter().enumerate() {
                let expected = weighed.get(n).copied().unwrap_or(0.0);
                assert!((back / n_fft as f32 - expected).abs() < 1e-6, "{n_fft} points, sample {n}");
            }
        }
    }
}
