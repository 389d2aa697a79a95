//! How far a signal is from its reference, in figures that the literature on vocoders uses.
//!
//! All compare time-aligned frames, without any warping: a signal that is late is far away. Every frame is taken
//! under a periodic Hann window, centred on multiples of its hop, the signal reflected at both ends.

use std::f64::consts::{LN_10, PI};

use serde::Serialize;

use crate::mel::{Compression, Dialect, Framing, Mel, PowerSpectrum, Windows, mel_of, require_finite};
use crate::{Error, Result};

/// Decibels of magnitude per neper.
const DB_PER_NEPER: f64 = 20.0 / LN_10;

/// Mel-cepstral coefficients that count, `c₁` to `c₂₄`; `c₀`, the level, does not.
const CEPSTRAL_COEFFICIENTS: usize = 24;

/// Points, hop and window of the multi-resolution STFT distance (Parallel WaveGAN, as published).
const RESOLUTIONS: [[usize; 3]; 3] = [[1024, 120, 600], [2048, 240, 1200], [512, 50, 240]];

/// The lowest sample rate that [`compare`] takes.
const LOWEST_RATE_HZ: u32 = 8000;

/// What [`compare`] finds. Every distance is 0 for equal signals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// Samples that were compared: as many as the shorter signal has.
    pub compared_samples: usize,
    /// Samples at the end of the longer signal that were not.
    pub ignored_samples: usize,
    /// Mean absolute difference of mel bands in decibels, over all frames and bands. The bands are those of the
    /// dialect `lmnt-diffwave` (80 from 20 Hz to 11 025 Hz or half the rate, HTK, `|X|/√Σw²`), floored where it is,
    /// at −80 dB, without its ceiling. At 22 050 Hz its frames too; at other rates frames of the same duration.
    pub mel_l1_db: f64,
    /// Mel-cepstral distortion in decibels, mean over frames (Kubichek, 1993):
    /// `10/ln 10 · √(2·Σ_{k=1}^{24} (c_k − c'_k)²)`, where `c_k = 2/M · Σ_m ln(mel_m)·cos(πk(m + ½)/M)` is the
    /// cosine transform of the `M = 80` bands of [`Comparison::mel_l1_db`]. Not comparable with figures from
    /// WORLD's mel-generalised cepstra or after time warping.
    pub mel_cepstral_distortion_db: f64,
    /// Log-spectral distance (Gray & Markel, 1976): the root mean square over bins of the difference of
    /// `10·log10 max(|X|², 1e-8)`, mean over frames of 2048 samples every 512.
    pub log_spectral_distance_db: f64,
    /// `‖|X| − |X'|‖ / ‖|X|‖` (Frobenius), `X` the reference; mean over the three resolutions of Parallel
    /// WaveGAN (Yamamoto et al., 2020): 1024/120/600, 2048/240/1200 and 512/50/240 points/hop/window, with
    /// `|X|² ≥ 1e-7`.
    pub spectral_convergence: f64,
    /// Mean of `|ln|X| − ln|X'||` over the same spectra.
    pub log_magnitude: f64,
}

impl Comparison {
    /// The multi-resolution STFT distance of Parallel WaveGAN: spectral convergence + log magnitude.
    pub fn multi_resolution_stft(&self) -> f64 {
        self.spectral_convergence + self.log_magnitude
    }
}

/// Compares `test` with `reference`, both mono at `rate_hz` and aligned; of signals of different lengths, the part
/// that both have. Signals of different rates have to be resampled first.
///
/// # Errors
/// A rate below 8 kHz, a signal shorter than 1025 samples (more above 44.1 kHz), or a sample that is not finite.
pub fn compare(reference: &[f32], test: &[f32], rate_hz: u32) -> Result<Comparison> {
    if rate_hz < LOWEST_RATE_HZ {
        return Err(Error::invalid("comparison", "rate_hz", rate_hz, format!("at least {LOWEST_RATE_HZ}")));
    }
    let dialect = mel_dialect(rate_hz)?;
    let shortest = dialect.pad_samples().max(1024) + 1;
    for (place, samples) in [("reference", reference), ("test", test)] {
        if samples.len() < shortest {
            let expected = format!("at least {shortest}");
            return Err(Error::invalid(place, "length in samples", samples.len(), expected));
        }
        require_finite(place, samples)?;
    }
    let compared_samples = reference.len().min(test.len());
    let ignored_samples = reference.len().max(test.len()) - compared_samples;
    let (reference, test) = (&reference[..compared_samples], &test[..compared_samples]);

    let (mel_l1_db, mel_cepstral_distortion_db) = mel_distances(reference, test, &dialect)?;
    let stfts = RESOLUTIONS.map(|resolution| stft_distances(reference, test, resolution));
    let mean = |part: fn(&(f64, f64)) -> f64| stfts.iter().map(part).sum::<f64>() / stfts.len() as f64;
    Ok(Comparison {
        compared_samples,
        ignored_samples,
        mel_l1_db,
        mel_cepstral_distortion_db,
        log_spectral_distance_db: log_spectral_distance_db(reference, test),
        spectral_convergence: mean(|stft| stft.0),
        log_magnitude: mean(|stft| stft.1),
    })
}

/// lmnt-diffwave's bands at `rate_hz`, in nepers, with its floor and no ceiling.
fn mel_dialect(rate_hz: u32) -> Result<Dialect> {
    let lmnt = Dialect::named("lmnt-diffwave")?;
    let hop = (lmnt.hop as f64 * f64::from(rate_hz) / f64::from(lmnt.rate_hz)).round() as usize;
    let win = 4 * hop;
    Ok(Dialect {
        name: format!("lmnt-diffwave at {rate_hz} Hz"),
        rate_hz,
        n_fft: win.next_power_of_two(),
        hop,
        win,
        fmax_hz: lmnt.fmax_hz.min(rate_hz as f32 / 2.0),
        compression: Compression::Ln { floor: 1e-4 },
        ..lmnt
    })
}

/// Mel frames of a signal as they are compared, in decibels: lmnt-diffwave's bands, a hop of 11.6 ms.
///
/// # Errors
/// Those of [`compare`], of one signal.
pub fn decibels(samples: &[f32], rate_hz: u32) -> Result<Mel> {
    let mel = mel_of(samples, &mel_dialect(rate_hz)?)?;
    let values = mel.as_frames().iter().map(|neper| DB_PER_NEPER as f32 * neper);
    Ok(Mel::from_frames(mel.n_mels(), values.collect()))
}

/// The mel L1 and the mel-cepstral distortion, in decibels.
fn mel_distances(reference: &[f32], test: &[f32], dialect: &Dialect) -> Result<(f64, f64)> {
    let (reference, test) = (mel_of(reference, dialect)?, mel_of(test, dialect)?);
    let bands = dialect.n_mels;
    let cosine = |k: usize, m: usize| (PI * k as f64 * (m as f64 + 0.5) / bands as f64).cos();
    let basis: Vec<Vec<f64>> =
        (1..=CEPSTRAL_COEFFICIENTS).map(|k| (0..bands).map(|m| cosine(k, m)).collect()).collect();
    let (mut l1, mut distortion) = (0.0, 0.0);
    for frame in 0..reference.frames() {
        let pairs = reference.frame(frame).iter().zip(test.frame(frame));
        let difference: Vec<f64> = pairs.map(|(&a, &b)| f64::from(a) - f64::from(b)).collect();
        l1 += difference.iter().map(|d| d.abs()).sum::<f64>();
        // The cosine transform is linear: that of the difference is the difference of the cepstra.
        let squares = basis.iter().map(|cosines| {
            let sum: f64 = cosines.iter().zip(&difference).map(|(cosine, d)| cosine * d).sum();
            (2.0 / bands as f64 * sum).powi(2)
        });
        distortion += (2.0 * squares.sum::<f64>()).sqrt();
    }
    let frames = reference.frames() as f64;
    Ok((DB_PER_NEPER * l1 / (frames * bands as f64), DB_PER_NEPER / 2.0 * distortion / frames))
}

fn log_spectral_distance_db(reference: &[f32], test: &[f32]) -> f64 {
    let (mut sum, mut frames) = (0.0, 0);
    each_pair_of_spectra(reference, test, [2048, 512, 2048], |reference, test| {
        let decibels = |power: f32| 10.0 * f64::from(power.max(1e-8)).log10();
        let squares = reference.iter().zip(test).map(|(&a, &b)| (decibels(a) - decibels(b)).powi(2));
        sum += (squares.sum::<f64>() / reference.len() as f64).sqrt();
        frames += 1;
    });
    sum / f64::from(frames)
}

/// Spectral convergence and log magnitude at one resolution.
fn stft_distances(reference: &[f32], test: &[f32], resolution: [usize; 3]) -> (f64, f64) {
    let (mut error, mut energy, mut logarithms, mut bins) = (0.0, 0.0, 0.0, 0);
    each_pair_of_spectra(reference, test, resolution, |reference, test| {
        for (&a, &b) in reference.iter().zip(test) {
            let (a, b) = (f64::from(a.max(1e-7)), f64::from(b.max(1e-7)));
            error += (a.sqrt() - b.sqrt()).powi(2);
            energy += a;
            logarithms += (0.5 * (a / b).ln()).abs();
        }
        bins += reference.len();
    });
    ((error / energy).sqrt(), logarithms / bins as f64)
}

/// Shows `visit` the power spectra of both signals, frame by frame; `resolution` is points, hop and window.
fn each_pair_of_spectra(
    reference: &[f32],
    test: &[f32],
    [n_fft, hop, win]: [usize; 3],
    mut visit: impl FnMut(&[f32], &[f32]),
) {
    let analysis = |samples| (PowerSpectrum::new(n_fft, win), Windows::new(samples, win / 2, hop, win));
    let ((mut of_reference, mut references), (mut of_test, mut tests)) = (analysis(reference), analysis(test));
    for frame in 0..Framing::Centred.frames(reference.len(), hop) {
        visit(of_reference.of(references.window(frame), &[]), of_test.of(tests.window(frame), &[]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::numbers;

    fn noise(length: usize, gain: f32) -> Vec<f32> {
        numbers(7, length).iter().map(|number| gain * 0.5 * number).collect()
    }

    #[test]
    fn equal_signals_are_no_distance_apart() {
        for rate_hz in [8000, 22050, 24000, 44100, 48000] {
            let signal = noise(9000, 0.5);
            let comparison = compare(&signal, &signal, rate_hz).unwrap();
            assert_eq!((comparison.compared_samples, comparison.ignored_samples), (9000, 0));
            assert_eq!([comparison.mel_l1_db, comparison.mel_cepstral_distortion_db], [0.0; 2]);
            assert_eq!([comparison.log_spectral_distance_db, comparison.multi_resolution_stft()], [0.0; 2]);
        }
    }

    #[test]
    fn twice_the_amplitude_is_known_in_every_figure() {
        for rate_hz in [22050, 48000] {
            let comparison = compare(&noise(9000, 0.5), &noise(9000, 1.0), rate_hz).unwrap();
            let double_db = 20.0 * 2f64.log10();
            assert!((comparison.mel_l1_db - double_db).abs() < 1e-4, "{comparison:?}");
            assert!((comparison.log_spectral_distance_db - double_db).abs() < 1e-4, "{comparison:?}");
            assert!(comparison.mel_cepstral_distortion_db < 1e-4, "{comparison:?}");
            assert!((comparison.spectral_convergence - 1.0).abs() < 1e-4, "{comparison:?}");
            assert!((comparison.log_magnitude - 2f64.ln()).abs() < 1e-4, "{comparison:?}");
        }
    }

    #[test]
    fn silence_against_sound_is_finite() {
        let (sound, silence) = (noise(4000, 0.5), vec![0.0; 4000]);
        for (reference, test) in [(&sound, &silence), (&silence, &sound)] {
            let comparison = compare(reference, test, 22050).unwrap();
            assert!(comparison.mel_l1_db > 40.0 && comparison.mel_l1_db < 100.0, "{comparison:?}");
            assert!(comparison.multi_resolution_stft().is_finite(), "{comparison:?}");
        }
    }

    #[test]
    fn what_the_longer_signal_has_more_is_left_out_and_told() {
        let (short, mut long) = (noise(4000, 0.5), noise(4000, 0.5));
        long.extend([0.9; 321]);
        for (reference, test) in [(&short, &long), (&long, &short)] {
            let comparison = compare(reference, test, 22050).unwrap();
            assert_eq!((comparison.compared_samples, comparison.ignored_samples), (4000, 321));
            assert_eq!(comparison.mel_l1_db, 0.0);
        }
    }

    #[test]
    fn what_cannot_be_compared_is_named() {
        let signal = noise(2000, 0.5);
        let mut broken = signal.clone();
        broken[17] = f32::NAN;
        let message = |reference: &[f32], test: &[f32], rate_hz| {
            compare(reference, test, rate_hz).unwrap_err().to_string()
        };
        assert!(message(&signal, &signal, 7999).contains("rate_hz: found 7999, expected at least 8000"));
        assert!(message(&signal, &[], 22050).starts_with("test: length in samples: found 0"));
        assert!(message(&signal[..1024], &signal, 22050).ends_with("found 1024, expected at least 1025"));
        assert!(compare(&signal[..1025], &signal, 22050).is_ok());
        assert!(message(&broken, &signal, 22050).starts_with("reference: sample 17"));
        assert!(message(&signal, &broken, 22050).starts_with("test: sample 17"));
    }
}
