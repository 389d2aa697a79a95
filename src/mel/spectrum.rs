//! The windowed Fourier transform of one frame, without an allocation.

use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex32};
use serde::{Deserialize, Serialize};

/// What of a spectrum the mel bands sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spectrum {
    /// `|X|`.
    Magnitude,
    /// `|X| / √Σw²`: torchaudio's `normalized=True`.
    MagnitudeUnitWindow,
    /// `|X|²`.
    Power,
    /// `√(|X|² + 1e-9)`: HiFi-GAN's, whose gradient is finite at silence.
    MagnitudeEps,
}

/// The power spectrum of frames under a periodic Hann window.
pub(crate) struct PowerSpectrum {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    time: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
    power: Vec<f32>,
}

impl PowerSpectrum {
    /// Frames of `win` samples, transformed with `n_fft ≥ win` points.
    pub(crate) fn new(n_fft: usize, win: usize) -> Self {
        assert!((1..=n_fft).contains(&win), "a window of {win} samples in {n_fft} points");
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(n_fft);
        Self {
            window: hann(win),
            time: fft.make_input_vec(),
            bins: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            power: vec![0.0; n_fft / 2 + 1],
            fft,
        }
    }

    /// The energy of the window, `Σw²`.
    pub(crate) fn window_energy(&self) -> f32 {
        self.window.iter().map(|&w| f64::from(w) * f64::from(w)).sum::<f64>() as f32
    }

    /// `|X|²` of one frame, `[n_fft / 2 + 1]`. The frame's `win` samples are `head` followed by `tail` (two
    /// pieces, since a ring holds them so). Real-time.
    ///
    /// `torch.stft` puts a short window into the middle of the `n_fft` points, here it lies at their start:
    /// that turns phases only.
    pub(crate) fn of(&mut self, head: &[f32], tail: &[f32]) -> &[f32] {
        debug_assert_eq!(head.len() + tail.len(), self.window.len());
        let samples = head.iter().chain(tail);
        for ((out, &sample), &weight) in self.time.iter_mut().zip(samples).zip(&self.window) {
            *out = sample * weight;
        }
        self.time[self.window.len()..].fill(0.0);
        self.fft
            .process_with_scratch(&mut self.time, &mut self.bins, &mut self.scratch)
            .expect("the buffers are the transform's own");
        for (power, bin) in self.power.iter_mut().zip(&self.bins) {
            *power = bin.norm_sqr();
        }
        &self.power
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
    fn a_constant_is_the_windows_sum_at_dc_and_half_of_it_beside() {
        let mut spectrum = PowerSpectrum::new(16, 16);
        let power = spectrum.of(&[1.0; 6], &[1.0; 10]).to_vec();
        assert!((power[0] - 64.0).abs() < 1e-4 && (power[1] - 16.0).abs() < 1e-4);
        assert!(power[2..].iter().all(|&p| p < 1e-9), "{power:?}");
        assert!((spectrum.window_energy() - 6.0).abs() < 1e-5);
    }

    #[test]
    fn parseval_holds_under_a_window_shorter_than_the_transform() {
        let samples: Vec<f32> = (0..12).map(|n| (n as f32 * 1.7).sin()).collect();
        let energy: f32 = samples.iter().zip(hann(12)).map(|(s, w)| (s * w).powi(2)).sum();
        let power = PowerSpectrum::new(32, 12).of(&samples, &[]).to_vec();
        let total = power[0] + power[16] + 2.0 * power[1..16].iter().sum::<f32>();
        assert!((total / 32.0 - energy).abs() < 1e-5);
    }

    #[test]
    fn nothing_of_the_frame_before_is_left() {
        let mut spectrum = PowerSpectrum::new(32, 12);
        spectrum.of(&[1.0; 12], &[]);
        assert!(spectrum.of(&[0.0; 12], &[]).iter().all(|&p| p == 0.0));
    }
}
