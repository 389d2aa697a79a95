//! The spectral envelope that a mel frame tells: how dense noise would have to be at every frequency to have its bands.

use super::{Dialect, Spectrum, hann};

/// Mean magnitude of a complex Gaussian of unit variance, √π/2.
const RAYLEIGH_MEAN: f32 = 0.886_226_9;

/// The least density that spectra are whitened by, and the same relative to the frame's largest.
const SPECTRA_FLOOR: f32 = 2e-5;
const SPECTRA_RANGE: f32 = 3e-4;

/// The envelopes of mel frames of one dialect at the bins of a Fourier transform.
///
/// A band's magnitude stands for the mean of Rayleigh variables under its filter. Densities are standard deviations of
/// white noise; between the centres of bands their logarithms are interpolated over Hz, beyond the outermost they go on.
#[derive(Clone)]
pub(crate) struct SpectralEnvelope {
    dialect: Dialect,
    /// Least density, and the least relative to the frame's largest: so that neither silence nor an empty band is divided by.
    floor: f32,
    range: f32,
    /// Magnitude that unit white noise has in each band.
    noise: Vec<f32>,
    /// For every bin, the bands that it lies between and how far it is from the first to the second.
    places: Vec<(usize, usize, f32)>,
    log_densities: Vec<f32>,
}

impl SpectralEnvelope {
    /// The envelopes that spectra are whitened by ([`crate::domain::Stft`]), at the bins of the dialect's own transform.
    pub(crate) fn of_spectra(dialect: &Dialect) -> Self {
        Self::new(dialect, dialect.n_fft, SPECTRA_FLOOR, SPECTRA_RANGE)
    }

    /// Envelopes at the bins of a transform of `points` points.
    pub(crate) fn new(dialect: &Dialect, points: usize, floor: f32, range: f32) -> Self {
        let noise = noise_magnitudes(dialect);
        Self {
            places: places(dialect, &noise, points),
            noise,
            floor,
            range,
            log_densities: vec![0.0; dialect.n_mels],
            dialect: dialect.clone(),
        }
    }

    /// Bins that it is known at.
    pub(crate) fn bins(&self) -> usize {
        self.places.len()
    }

    /// ln of the densities of `frame`, `[n_mels]`, at every bin. Real-time.
    pub(crate) fn log_densities(&mut self, frame: &[f32]) -> impl Iterator<Item = f32> + use<'_> {
        let densities = &mut self.log_densities;
        for ((density, value), noise) in densities.iter_mut().zip(frame).zip(&self.noise) {
            *density = if *noise > 0.0 { self.dialect.magnitude(*value) / noise } else { 0.0 };
        }
        let peak = densities.iter().copied().fold(0.0, f32::max);
        let least = (self.range * peak).powi(2) + self.floor.powi(2);
        densities.iter_mut().for_each(|density| *density = 0.5 * (density.powi(2) + least).ln());
        let densities = &self.log_densities;
        self.places.iter().map(move |&(a, b, blend)| densities[a] + (densities[b] - densities[a]) * blend)
    }
}

/// The magnitude that white noise of unit variance has in each band on average; 0 for a band without a bin.
pub(super) fn noise_magnitudes(dialect: &Dialect) -> Vec<f32> {
    let bank = dialect.filter_bank();
    let energy: f32 = hann(dialect.win).iter().map(|w| w * w).sum();
    (0..dialect.n_mels)
        .map(|band| {
            let mass: f32 = bank.band(band).1.iter().sum();
            match dialect.spectrum {
                Spectrum::MagnitudeUnitWindow => RAYLEIGH_MEAN * mass,
                Spectrum::Magnitude | Spectrum::MagnitudeEps => RAYLEIGH_MEAN * energy.sqrt() * mass,
                Spectrum::Power => (energy * mass).sqrt(),
            }
        })
        .collect()
}

/// Where the bins of a transform of `points` points lie among the centres of the bands that have a bin in the mel's own.
fn places(dialect: &Dialect, noise: &[f32], points: usize) -> Vec<(usize, usize, f32)> {
    let (low, high) = (dialect.scale.mel(dialect.fmin_hz.into()), dialect.scale.mel(dialect.fmax_hz.into()));
    let width = (high - low) / (dialect.n_mels + 1) as f64;
    let centres: Vec<(usize, f64)> = (0..dialect.n_mels)
        .filter(|band| noise[*band] > 0.0)
        .map(|band| (band, dialect.scale.hz(low + width * (band + 1) as f64)))
        .collect();
    (0..=points / 2)
        .map(|bin| {
            let hz = bin as f64 * f64::from(dialect.rate_hz) / points as f64;
            let above = centres.partition_point(|(_, centre)| *centre < hz);
            match (above.checked_sub(1).map(|below| centres[below]), centres.get(above)) {
                (Some((a, from)), Some(&(b, to))) => (a, b, ((hz - from) / (to - from)) as f32),
                (Some((a, _)), None) => (a, a, 0.0),
                (None, Some(&(b, _))) => (b, b, 0.0),
                (None, None) => (0, 0, 0.0),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::f32::consts::FRAC_1_SQRT_2;
    use std::path::Path;

    use super::*;
    use crate::audio::read_npy;
    use crate::mel::Mel;

    #[test]
    fn densities_are_the_deviations_of_the_reference() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bandwave");
        for (model, name) in [("small", "bigvgan2-44k"), ("tts", "hifigan")] {
            let read = |name: &str| read_npy(&folder.join(model).join(name)).unwrap();
            let dialect = Dialect::named(name).unwrap();
            let mut envelope = SpectralEnvelope::of_spectra(&dialect);
            let norm = hann(dialect.win).iter().map(|w| w * w).sum::<f32>().sqrt() * FRAC_1_SQRT_2;
            let (mel, expected) = (read("mel.npy"), read("envelope.npy").data);
            let mel = Mel::from_bands(mel.shape[0], &mel.data);
            for (frame, expected) in expected.chunks_exact(envelope.bins()).enumerate() {
                for (ln, expected) in envelope.log_densities(mel.frame(frame)).zip(expected) {
                    assert!((ln.exp() * norm / expected - 1.0).abs() < 2e-5);
                }
            }
        }
    }
}
