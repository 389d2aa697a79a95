//! The Fourier transform of what lies under a window, there and back.

use std::sync::Arc;

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex32};

use super::spectrum::hann;

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
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
}

impl WindowedTransform {
    /// The transform of `win` samples in `n_fft ≥ win` points.
    pub(crate) fn new(n_fft: usize, win: usize) -> Self {
        let mut planner = RealFftPlanner::<f32>::new();
        let (forward, inverse) = (planner.plan_fft_forward(n_fft), planner.plan_fft_inverse(n_fft));
        let (time, bins) = (forward.make_input_vec(), forward.make_output_vec());
        Self { window: hann(win), time, bins, forward, inverse }
    }

    /// From `time` to `bins`; what is left of `time` is of no use.
    pub(crate) fn forward(&mut self) {
        self.time[self.window.len()..].fill(0.0);
        self.forward.process(&mut self.time, &mut self.bins).expect(FITS);
    }

    /// From `bins`, of which the first and the last are real, to `time`, `n_fft` times too large.
    pub(crate) fn inverse(&mut self) {
        self.inverse.process(&mut self.bins, &mut self.time).expect(FITS);
    }
}
