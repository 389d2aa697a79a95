//! The power spectrum of one frame, without an allocation.

use serde::{Deserialize, Serialize};

use super::transform::WindowedTransform;

/// What of a spectrum the mel bands sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
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
    transform: WindowedTransform,
    power: Vec<f32>,
}

impl PowerSpectrum {
    /// Frames of `win` samples, transformed with `n_fft ≥ win` points.
    pub(crate) fn new(n_fft: usize, win: usize) -> Self {
        Self { transform: WindowedTransform::new(n_fft, win), power: vec![0.0; n_fft / 2 + 1] }
    }

    /// The energy of the window, `Σw²`.
    pub(crate) fn window_energy(&self) -> f32 {
        self.transform.window.iter().map(|&w| f64::from(w) * f64::from(w)).sum::<f64>() as f32
    }

    /// `|X|²` of one frame, `[n_fft / 2 + 1]`. The frame's `win` samples are `head` followed by `tail` (two
    /// pieces, since a ring holds them so). Real-time.
    ///
    /// `torch.stft` puts a short window into the middle of the `n_fft` points, here it lies at their start:
    /// that turns phases only.
    pub(crate) fn of(&mut self, head: &[f32], tail: &[f32]) -> &[f32] {
        let WindowedTransform { window, time, .. } = &mut self.transform;
        debug_assert_eq!(head.len() + tail.len(), window.len());
        let samples = head.iter().chain(tail);
        for ((out, &sample), &weight) in time.iter_mut().zip(samples).zip(&*window) {
            *out = sample * weight;
        }
        self.transform.forward();
        for (power, bin) in self.power.iter_mut().zip(&self.transform.bins) {
            *power = bin.norm_sqr();
        }
        &self.power
    }
}

#[cfg(test)]
mod tests {
    use super::super::transform::hann;
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
