//! Spectra held to the mel frames that they were made for.

use realfft::num_complex::Complex32;

use crate::domain::Fit;
use crate::mel::{BandSmoothing, Dialect, FilterBank, Spectrum};

/// Most by which a band is scaled, up or down: ln of its magnitude.
const MOST: f32 = 2.0;
/// What the mel of [`Spectrum::MagnitudeEps`] adds to powers.
const POWER_FLOOR: f32 = 1e-9;

/// Scales spectra so that their mel frames come to be what was asked for.
#[derive(Clone)]
pub(super) struct Fitting {
    dialect: Dialect,
    bank: FilterBank,
    /// The bank, divided by the sum of all bands at each bin.
    shares: FilterBank,
    smoothing: BandSmoothing,
    power_floor: f32,
    magnitudes: Vec<f32>,
    bands: Vec<f32>,
    gains: Vec<f32>,
}

impl Fitting {
    pub(super) fn new(dialect: &Dialect) -> Self {
        let (bank, bins) = (dialect.filter_bank(), dialect.n_fft / 2 + 1);
        Self {
            shares: bank.shares(bins),
            smoothing: BandSmoothing::new(dialect),
            power_floor: if dialect.spectrum == Spectrum::MagnitudeEps { POWER_FLOOR } else { 0.0 },
            magnitudes: vec![0.0; bins],
            bands: vec![0.0; bank.n_mels()],
            gains: vec![0.0; bins],
            bank,
            dialect: dialect.clone(),
        }
    }

    /// The mel frame of a spectrum, `[n_mels]`.
    pub(super) fn mel_of(&mut self, spectrum: &[Complex32]) -> &[f32] {
        for (magnitude, bin) in self.magnitudes.iter_mut().zip(spectrum) {
            *magnitude = (bin.norm_sqr() + self.power_floor).sqrt();
        }
        self.mel_of_magnitudes();
        &self.bands
    }

    fn mel_of_magnitudes(&mut self) {
        self.bank.apply(&self.magnitudes, &mut self.bands);
        for band in &mut self.bands {
            *band = self.dialect.compression.compress(*band);
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
            *magnitude = (now * now + self.power_floor).sqrt();
        }
        self.mel_of_magnitudes();
        self.smoothing.apply(&mut self.bands, fit.detail);
        for (band, wanted) in self.bands.iter_mut().zip(mel) {
            *band = 0.5 * fit.share * (wanted - *band).clamp(-MOST, MOST);
        }
        self.shares.spread(&self.bands, &mut self.gains);
        for ((re, im), gain) in real.iter_mut().zip(imaginary).zip(&self.gains) {
            let gain = gain.exp();
            *re *= gain;
            *im *= gain;
        }
    }
}
