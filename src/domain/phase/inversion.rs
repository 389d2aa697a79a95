//! From mel frames back to magnitudes.

use crate::mel::{Dialect, FilterBank, Spectrum, hann};

/// Rounds of refinement: more of them change nothing that is heard.
const ROUNDS: usize = 10;
/// What keeps quotients finite where a band is silent.
const LEAST: f32 = 1e-12;

/// Finds the magnitudes of a short-time Fourier transform that have given mel bands.
///
/// Among the many it takes those that the update of Richardson (1972) and Lucy (1974) arrives at from a smooth start: they are
/// non-negative, and err least by the Kullback-Leibler divergence, which is to say relative to how loud a band is.
#[derive(Clone)]
pub(super) struct Inversion {
    dialect: Dialect,
    bank: FilterBank,
    /// Magnitude in the dialect's units over `|X|`.
    unit: f32,
    /// Sum of the weights of every bin, and of every band.
    bin_mass: Vec<f32>,
    band_mass: Vec<f32>,
    wanted: Vec<f32>,
    bands: Vec<f32>,
    spread: Vec<f32>,
}

impl Inversion {
    /// The inversion of mel frames of `dialect`.
    pub fn new(dialect: &Dialect) -> Self {
        let (n_fft, n_mels, bank) = (dialect.n_fft, dialect.n_mels, dialect.filter_bank());
        let (mut bin_mass, mut band_mass) = (vec![0.0; n_fft / 2 + 1], vec![0.0; n_mels]);
        bank.spread(&vec![1.0; n_mels], &mut bin_mass);
        bank.apply(&vec![1.0; n_fft / 2 + 1], &mut band_mass);
        let energy: f32 = hann(dialect.win).iter().map(|w| w * w).sum();
        Self {
            dialect: dialect.clone(),
            bank,
            unit: if dialect.spectrum == Spectrum::MagnitudeUnitWindow { energy.sqrt().recip() } else { 1.0 },
            spread: vec![0.0; bin_mass.len()],
            wanted: vec![0.0; n_mels],
            bands: vec![0.0; n_mels],
            bin_mass,
            band_mass,
        }
    }

    /// Whether any band holds bin `bin`: of the others a mel frame says nothing.
    pub fn covers(&self, bin: usize) -> bool {
        self.bin_mass[bin] > 0.0
    }

    /// `|X|`, `[n_fft / 2 + 1]`, of the mel `frame`, `[n_mels]`; 0 where no band says anything.
    pub fn magnitudes(&mut self, frame: &[f32]) -> Vec<f32> {
        let mut magnitudes = vec![0.0; self.bin_mass.len()];
        let squares = self.dialect.spectrum == Spectrum::Power;
        for (wanted, value) in self.wanted.iter_mut().zip(frame) {
            let magnitude = self.dialect.magnitude(*value);
            *wanted = if squares { magnitude * magnitude } else { magnitude };
        }
        for (density, (wanted, mass)) in self.bands.iter_mut().zip(self.wanted.iter().zip(&self.band_mass)) {
            *density = wanted / mass.max(LEAST);
        }
        self.bank.spread(&self.bands, &mut magnitudes);
        self.normalize(&mut magnitudes);
        for _ in 0..ROUNDS {
            self.bank.apply(&magnitudes, &mut self.bands);
            for (band, wanted) in self.bands.iter_mut().zip(&self.wanted) {
                *band = wanted / (*band + LEAST);
            }
            let mut spread = std::mem::take(&mut self.spread);
            self.bank.spread(&self.bands, &mut spread);
            self.normalize(&mut spread);
            magnitudes.iter_mut().zip(&spread).for_each(|(magnitude, factor)| *magnitude *= factor);
            self.spread = spread;
        }
        for magnitude in &mut magnitudes {
            *magnitude = if squares { magnitude.sqrt() } else { *magnitude / self.unit };
        }
        magnitudes
    }

    /// Turns sums over bands into means.
    fn normalize(&self, bins: &mut [f32]) {
        for (bin, mass) in bins.iter_mut().zip(&self.bin_mass) {
            *bin /= mass.max(LEAST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mel::mel_of;

    #[test]
    fn magnitudes_have_the_bands_they_were_made_from() {
        for name in Dialect::names() {
            let dialect = Dialect::named(name).expect("a name from the list");
            let tone: Vec<f32> = (0..8 * dialect.n_fft)
                .map(|n| {
                    let t = n as f32 / dialect.rate_hz as f32;
                    (1..20)
                        .map(|k| (std::f32::consts::TAU * 180.0 * k as f32 * t).sin() / k as f32)
                        .sum::<f32>()
                        * 0.2
                })
                .collect();
            let mel = mel_of(&tone, &dialect).expect("long enough");
            let frame = mel.frame(mel.frames() / 2);
            let mut inversion = Inversion::new(&dialect);
            let mut magnitudes = inversion.magnitudes(frame);
            if dialect.spectrum == Spectrum::Power {
                magnitudes.iter_mut().for_each(|m| *m *= *m);
            } else {
                magnitudes.iter_mut().for_each(|m| *m *= inversion.unit);
            }
            let mut bands = vec![0.0; dialect.n_mels];
            inversion.bank.apply(&magnitudes, &mut bands);
            let loudest = inversion.wanted.iter().copied().fold(0.0, f32::max);
            for (band, (found, wanted)) in bands.iter().zip(&inversion.wanted).enumerate() {
                let off = (found - wanted).abs();
                let bare = inversion.band_mass[band] == 0.0;
                assert!(
                    bare || off < 0.1 * wanted + 0.01 * loudest,
                    "{name} band {band}: {found}, not {wanted}"
                );
            }
        }
    }
}
