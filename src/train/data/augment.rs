//! Random changes to a crop: transposition, equalization, gain.

use super::Draws;
use super::biquad::{Biquad, Response};
use super::config::AugmentConfig;
use crate::audio::resample;

/// Transposition goes in ratios of whole numbers over this one, which are cheap to resample by (steps below 8 cents).
const RATIO_BASE: u32 = 240;
/// Samples before and after a crop in which resampler and filter settle, in units of [`RATIO_BASE`].
const SETTLING: usize = 4;

/// What happens to one crop.
pub(super) struct Alteration {
    gain: f32,
    /// Speed over [`RATIO_BASE`]: above it, pitch rises.
    speed: u32,
    filter: Option<Biquad>,
}

impl Alteration {
    /// No change at all.
    pub(super) fn none() -> Self {
        Self { gain: 1.0, speed: RATIO_BASE, filter: None }
    }

    /// A change within `config`.
    pub(super) fn draw(config: &AugmentConfig, rate_hz: u32, draws: &mut Draws) -> Self {
        let [least_db, most_db] = config.gain_db;
        let gain = 10f64.powf(draws.between(least_db, most_db) / 20.0) as f32;
        let speed = config.pitch_semitones.map_or(RATIO_BASE, |[least, most]| {
            let ratio = (draws.between(least, most) / 12.0).exp2();
            (ratio * f64::from(RATIO_BASE)).round() as u32
        });
        let filter = config.eq_db.map(|[least_db, most_db]| {
            let gain_db = draws.between(least_db, most_db);
            let response = [Response::LowShelf, Response::Bell, Response::HighShelf][draws.below(3) as usize];
            let frequency = draws.logarithmic(80.0 / f64::from(rate_hz), 0.4);
            Biquad::new(response(gain_db), frequency, draws.logarithmic(0.5, 2.0))
        });
        Self { gain, speed, filter }
    }

    /// Samples that `samples` are made of, and how many samples of their surroundings are wanted on either side.
    pub(super) fn source_samples(&self, samples: usize) -> (usize, usize) {
        let core = (samples * self.speed as usize).div_ceil(RATIO_BASE as usize) + 1;
        match (self.speed, &self.filter) {
            (RATIO_BASE, None) => (samples, 0),
            (RATIO_BASE, Some(_)) => (samples, SETTLING * RATIO_BASE as usize),
            _ => (core, SETTLING * self.speed as usize),
        }
    }

    /// `samples` samples within ±1 of `source`, which is as long as [`Self::source_samples`] says.
    pub(super) fn apply(mut self, mut source: Vec<f32>, samples: usize) -> Vec<f32> {
        let (_, surroundings) = self.source_samples(samples);
        if self.speed != RATIO_BASE {
            source = resample(&source, self.speed, RATIO_BASE);
        }
        if let Some(filter) = &mut self.filter {
            filter.process(&mut source);
        }
        let start = if surroundings == 0 { 0 } else { SETTLING * RATIO_BASE as usize };
        source.drain(..start);
        source.truncate(samples);
        limited(&mut source, self.gain);
        source
    }
}

/// Scales by `gain`, or by less where a sample would exceed ±1: what is trained on is never clipped by the training.
fn limited(samples: &mut [f32], gain: f32) {
    let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let gain = if peak * gain > 1.0 { 1.0 / peak } else { gain };
    // Rounding may leave the peak a hair above 1.
    samples.iter_mut().for_each(|sample| *sample = (*sample * gain).clamp(-1.0, 1.0));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn sine(frequency: f64, length: usize) -> Vec<f32> {
        (0..length).map(|n| 0.5 * (TAU * frequency * n as f64).sin() as f32).collect()
    }

    /// Cycles per sample, from the zero crossings.
    fn frequency(samples: &[f32]) -> f64 {
        let up: Vec<usize> =
            (1..samples.len()).filter(|&n| samples[n - 1] < 0.0 && samples[n] >= 0.0).collect();
        (up.len() - 1) as f64 / (up[up.len() - 1] - up[0]) as f64
    }

    fn altered(config: &AugmentConfig, tone: f64, samples: usize) -> Vec<f32> {
        let alteration = Alteration::draw(config, 22_050, &mut Draws::new(3, 0, 0));
        let (core, surroundings) = alteration.source_samples(samples);
        alteration.apply(sine(tone, core + 2 * surroundings), samples)
    }

    #[test]
    fn a_transposition_moves_the_pitch_and_keeps_level_and_length() {
        for semitones in [-12.0, -5.0, 7.0, 12.0] {
            let config =
                AugmentConfig { gain_db: [0.0; 2], pitch_semitones: Some([semitones; 2]), eq_db: None };
            let crop = altered(&config, 0.02, 8192);
            assert_eq!(crop.len(), 8192);
            let cents = 1200.0 * (frequency(&crop) / 0.02).log2() - 100.0 * semitones;
            assert!(cents.abs() < 8.0, "{semitones} semitones: {cents} cents off");
            for part in [&crop[..512], &crop[7680..]] {
                let peak = part.iter().fold(0.0_f32, |peak, v| peak.max(v.abs()));
                assert!((peak - 0.5).abs() < 0.02, "{semitones} semitones: the crop's ends are at {peak}");
            }
        }
    }

    #[test]
    fn gain_is_lowered_rather_than_clipped() {
        let loud = AugmentConfig { gain_db: [20.0; 2], ..AugmentConfig::default() };
        let crop = altered(&loud, 0.02, 4096);
        let peak = crop.iter().fold(0.0_f32, |peak, v| peak.max(v.abs()));
        assert!((0.999..=1.0).contains(&peak), "{peak}");
        // Clipped at 20 dB above, the sine would be flat for most of the time.
        let flat = crop.iter().filter(|v| v.abs() > 0.99).count();
        assert!(flat < 600, "{flat}");
        let soft = AugmentConfig { gain_db: [-6.0206; 2], ..AugmentConfig::default() };
        assert!((altered(&soft, 0.02, 4096)[12] - 0.5 * sine(0.02, 13)[12]).abs() < 1e-4);
    }

    #[test]
    fn equalization_changes_the_spectrum_and_not_the_length() {
        let config = AugmentConfig { gain_db: [0.0; 2], pitch_semitones: None, eq_db: Some([6.0; 2]) };
        let crop = altered(&config, 0.02, 4096);
        assert_eq!(crop.len(), 4096);
        let plain = altered(&AugmentConfig { eq_db: None, ..config }, 0.02, 4096);
        assert_ne!(crop, plain);
    }
}
