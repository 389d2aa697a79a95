//! Mel frames of a whole file.

use super::analysis::Analysis;
use super::framing::Windows;
use super::{Dialect, Mel};
use crate::{Error, Result};

/// The mel frames of `samples`, mono at the dialect's rate, `[frames, n_mels]`; [`super::Framing`] says how many.
///
/// Before its first and after its last sample the signal is reflected (without repeating the sample at the edge),
/// as far as the dialect's [`Dialect::pad_samples`].
///
/// # Errors
/// A dialect that cannot be computed, a sample that is not finite, or a signal too short to be reflected or to
/// hold one frame.
///
/// ```
/// use remel::mel::{Dialect, mel_of};
///
/// let dialect = Dialect::named("lmnt-diffwave")?;
/// let loudest = |hz: f32| -> remel::Result<usize> {
///     let radians = hz * std::f32::consts::TAU / 22_050.0;
///     let tone: Vec<f32> = (0..22_050).map(|n| (n as f32 * radians).sin()).collect();
///     let mel = mel_of(&tone, &dialect)?;
///     assert_eq!((mel.frames(), mel.n_mels()), (22_050 / 256 + 1, 80));
///     let frame = mel.frame(mel.frames() / 2);
///     Ok((0..80).max_by(|&a, &b| frame[a].total_cmp(&frame[b])).unwrap_or_default())
/// };
/// assert!(loudest(440.0)? < loudest(880.0)?);
/// # Ok::<(), remel::Error>(())
/// ```
pub fn mel_of(samples: &[f32], dialect: &Dialect) -> Result<Mel> {
    let mut analysis = Analysis::new(dialect)?;
    let shortest = dialect.pad_samples() + 1;
    let frames = dialect.framing.frames(samples.len(), dialect.hop);
    if samples.len() < shortest || frames == 0 {
        return Err(Error::invalid(
            "audio",
            "length in samples",
            samples.len(),
            format!("at least {} for the mel dialect {}", shortest.max(dialect.hop), dialect.name),
        ));
    }
    require_finite("audio", samples)?;
    let mut mel = Mel::new(dialect.n_mels);
    let mut windows = Windows::new(samples, dialect.lead_samples(), dialect.hop, dialect.win);
    for frame in 0..frames {
        mel.push(analysis.frame(windows.window(frame), &[]));
    }
    Ok(mel)
}

/// # Errors
/// The first sample that is NaN or infinite.
pub(crate) fn require_finite(place: &str, samples: &[f32]) -> Result<()> {
    match samples.iter().position(|sample| !sample.is_finite()) {
        None => Ok(()),
        Some(index) => Err(Error::invalid(place, format!("sample {index}"), samples[index], "a finite number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(length: usize) -> Vec<f32> {
        (0..length).map(|n| ((n * n) as f32 * 1e-3).sin() * 0.3).collect()
    }

    #[test]
    fn the_shortest_signal_passes_and_one_sample_less_is_refused() {
        for &name in Dialect::names() {
            let dialect = Dialect::named(name).unwrap();
            let shortest = (dialect.pad_samples() + 1).max(dialect.hop);
            let mel = mel_of(&ramp(shortest), &dialect).unwrap();
            assert_eq!(mel.frames(), dialect.framing.frames(shortest, dialect.hop));
            assert!(mel.as_frames().iter().all(|value| value.is_finite()));
            let message = mel_of(&ramp(shortest - 1), &dialect).unwrap_err().to_string();
            assert!(message.contains(&format!("at least {shortest} ")), "{message}");
            assert!(mel_of(&[], &dialect).is_err());
        }
    }

    #[test]
    fn frames_follow_the_dialects_rule() {
        let frames = |name, length| mel_of(&ramp(length), &Dialect::named(name).unwrap()).unwrap().frames();
        assert_eq!([frames("lmnt-diffwave", 2559), frames("lmnt-diffwave", 2560)], [10, 11]);
        assert_eq!([frames("ivanvovk-wavegrad", 2999), frames("ivanvovk-wavegrad", 3000)], [9, 10]);
        assert_eq!([frames("hifigan", 2559), frames("hifigan", 2560)], [9, 10]);
    }

    #[test]
    fn a_sample_that_is_not_finite_is_named() {
        let dialect = Dialect::named("hifigan").unwrap();
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut samples = ramp(2000);
            samples[1234] = bad;
            let message = mel_of(&samples, &dialect).unwrap_err().to_string();
            assert!(message.contains("sample 1234"), "{message}");
        }
    }

    #[test]
    fn silence_reads_as_the_dialects_silence_in_every_band() {
        for &name in Dialect::names() {
            let dialect = Dialect::named(name).unwrap();
            let mel = mel_of(&vec![0.0; 4096], &dialect).unwrap();
            assert!(mel.as_frames().iter().all(|&value| value == dialect.silence()), "{name}");
        }
    }
}
