//! Frames that no sound has: how loud a frame is, and what is done to one that is louder than any sound.

use super::envelope::noise_magnitudes;
use super::{Dialect, Spectrum};

/// The loudest sound that a frame may tell, as its root mean square: twice what a signal within full scale can have.
const MOST_RMS: f32 = 2.0;
/// Magnitudes that are computed with: above those of any sound, and below what is told from silence.
const MAGNITUDES: [f32; 2] = [1e-8, 1e6];

/// Brings frames to what a sound can have.
#[derive(Clone)]
pub(crate) struct LoudnessLimit {
    dialect: Dialect,
    /// Least and largest value.
    values: [f32; 2],
    /// Magnitude that white noise with a root mean square of 1 has in each band.
    noise: Vec<f32>,
    /// What of the frequencies up to half of the sample rate belongs to each band.
    shares: Vec<f32>,
}

impl LoudnessLimit {
    /// For frames of `dialect`.
    pub fn new(dialect: &Dialect) -> Self {
        let [low, high] = [dialect.fmin_hz, dialect.fmax_hz].map(|hz| dialect.scale.mel(hz.into()));
        let edge =
            |index: usize| dialect.scale.hz(low + (high - low) * index as f64 / (dialect.n_mels + 1) as f64);
        // Neighbours overlap by half.
        let share = |band: usize| ((edge(band + 2) - edge(band)) / f64::from(dialect.rate_hz)) as f32;
        let [least, most] = MAGNITUDES.map(|magnitude| value(dialect, magnitude));
        Self {
            values: [least.min(dialect.silence()), most],
            noise: noise_magnitudes(dialect),
            shares: (0..dialect.n_mels).map(share).collect(),
            dialect: dialect.clone(),
        }
    }

    /// Brings every value of `frame`, `[n_mels]`, to where values can be, and all of it down by one factor to the loudest that sound
    /// is, where it is louder.
    pub fn apply(&self, frame: &mut [f32]) {
        let [least, most] = self.values;
        frame.iter_mut().for_each(|band| *band = band.clamp(least, most));
        let rms = self.rms(frame);
        if rms > MOST_RMS {
            let gain = MOST_RMS / rms;
            frame
                .iter_mut()
                .for_each(|band| *band = value(&self.dialect, gain * self.dialect.magnitude(*band)));
        }
    }

    /// The root mean square of noise that has the bands of `frame`, `[n_mels]`; full scale is 1. Of a tone it is no more than
    /// the tone's own, since a band tells a mean magnitude.
    fn rms(&self, frame: &[f32]) -> f32 {
        let bands = frame.iter().zip(&self.noise).zip(&self.shares).filter(|((_, noise), _)| **noise > 0.0);
        let power = bands.map(|((band, noise), share)| share * (self.dialect.magnitude(*band) / noise).powi(2));
        power.sum::<f32>().sqrt()
    }
}

/// What a band of `magnitude` holds: the inverse of [`Dialect::magnitude`].
fn value(dialect: &Dialect, magnitude: f32) -> f32 {
    dialect.compression.compress(match dialect.spectrum {
        Spectrum::Power => magnitude * magnitude,
        _ => magnitude,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mel::mel_of;
    use crate::random::numbers;

    fn dialects() -> impl Iterator<Item = Dialect> {
        Dialect::names().iter().map(|name| Dialect::named(name).expect("a known name"))
    }

    /// Sounds at full scale: a tone, a square wave, and noise that is -1 or 1.
    fn loudest() -> [Vec<f32>; 3] {
        let tone: Vec<f32> = (0..16_384).map(|n| (n as f32 * 0.31).sin()).collect();
        let square = tone.iter().map(|x| x.signum()).collect();
        let noise = numbers(1, 16_384).iter().map(|x| x.signum()).collect();
        [tone, square, noise]
    }

    #[test]
    fn no_sound_within_full_scale_is_made_quieter() {
        for dialect in dialects() {
            let limit = LoudnessLimit::new(&dialect);
            for sound in loudest() {
                let mel = mel_of(&sound, &dialect).expect("long enough");
                for frame in 0..mel.frames() {
                    let rms = limit.rms(mel.frame(frame));
                    assert!(rms < 0.7 * MOST_RMS, "{}: {rms}", dialect.name);
                }
            }
        }
    }

    #[test]
    fn noise_is_as_loud_as_it_is_where_bands_do_not_clip() {
        let noise: Vec<f32> = loudest()[2].iter().map(|x| 0.1 * x).collect();
        for dialect in dialects() {
            let rms =
                LoudnessLimit::new(&dialect).rms(mel_of(&noise, &dialect).expect("long enough").frame(20));
            let within = (2.0 * dialect.fmax_hz / dialect.rate_hz as f32).sqrt();
            assert!((0.08..0.12).contains(&(rms / within)), "{}: {rms}", dialect.name);
        }
    }

    #[test]
    fn what_is_louder_than_any_sound_is_as_loud_as_the_loudest() {
        for dialect in dialects() {
            let limit = LoudnessLimit::new(&dialect);
            // What a compression clips is as loud as it can be.
            let mut all = vec![f32::MAX; dialect.n_mels];
            let mut one = vec![dialect.silence(); dialect.n_mels];
            one[dialect.n_mels / 2] = 30.0;
            for frame in [&mut all, &mut one] {
                limit.apply(frame);
                let rms = limit.rms(frame);
                assert!(frame.iter().all(|value| value.is_finite()), "{}", dialect.name);
                assert!((rms / MOST_RMS - 1.0).abs() < 1e-3 || rms < MOST_RMS, "{}: {rms}", dialect.name);
            }
        }
    }
}
