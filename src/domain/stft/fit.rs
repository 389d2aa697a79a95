//! Spectra held to the mel frames that they were made for.

use std::sync::Arc;

use realfft::num_complex::Complex32;

use crate::domain::Fit;
use crate::mel::{BandSmoothing, Dialect, FitBank, WindowFit};

/// Scales spectra so that their mel frames come to be what was asked for.
#[derive(Clone)]
pub(super) struct Fitting {
    bank: Arc<FitBank>,
    smoothing: BandSmoothing,
    magnitudes: Vec<f32>,
    bands: Vec<f32>,
    gains: Vec<f32>,
}

impl Fitting {
    pub(super) fn new(dialect: &Dialect) -> Self {
        let bank = FitBank::new(dialect);
        Self {
            smoothing: BandSmoothing::new(dialect),
            magnitudes: vec![0.0; bank.bins],
            bands: vec![0.0; dialect.n_mels],
            gains: vec![0.0; bank.bins],
            bank: Arc::new(bank),
        }
    }

    /// What is the same for all spectra.
    pub(super) fn bank(&self) -> &Arc<FitBank> {
        &self.bank
    }

    /// A window's part of what a device takes.
    pub(super) fn window(&mut self, fit: Fit) -> WindowFit {
        WindowFit { share: fit.share, smoothing: self.smoothing.weights(fit.detail).to_vec() }
    }

    /// The mel frame of a spectrum, `[n_mels]`.
    pub(super) fn mel_of(&mut self, spectrum: &[Complex32]) -> &[f32] {
        for (magnitude, bin) in self.magnitudes.iter_mut().zip(spectrum) {
            *magnitude = (bin.norm_sqr() + self.bank.power_floor).sqrt();
        }
        self.mel_of_magnitudes();
        &self.bands
    }

    fn mel_of_magnitudes(&mut self) {
        self.bank.bank.apply(&self.magnitudes, &mut self.bands);
        for band in &mut self.bands {
            *band = self.bank.dialect.compression.compress(*band);
        }
    }

    /// Scales the frame `x`, `[2 · bins]`, of deviations σ, so that its mel comes to be `mel`: each bin by the mean ratio, as
    /// a logarithm, of the bands that hold it. Bins in no band stay as they are.
    ///
    /// Where the mel was smoothed over bands, so is what x has now: else the gaps between a carrier's partials would be filled.
    pub(super) fn fit(&mut self, mel: &[f32], deviations: &[f32], fit: Fit, x: &mut [f32]) {
        let (real, imaginary) = x.split_at_mut(deviations.len());
        let parts = real.iter().zip(&*imaginary).zip(deviations);
        for (magnitude, ((re, im), deviation)) in self.magnitudes.iter_mut().zip(parts) {
            // Decoding squares what is diffused.
            let now = (re * re + im * im) * deviation;
            *magnitude = (now * now + self.bank.power_floor).sqrt();
        }
        self.mel_of_magnitudes();
        self.smoothing.apply(&mut self.bands, fit.detail);
        for (band, wanted) in self.bands.iter_mut().zip(mel) {
            *band = self.bank.gain(fit.share, *wanted, *band);
        }
        self.bank.shares.spread(&self.bands, &mut self.gains);
        for ((re, im), gain) in real.iter_mut().zip(imaginary).zip(&self.gains) {
            let gain = gain.exp();
            *re *= gain;
            *im *= gain;
        }
    }
}
