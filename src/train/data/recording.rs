//! A recording as it is learned from: mono, at one rate.

use std::path::Path;

use crate::audio::{Audio, resample};
use crate::{Error, Result};

/// The least rate of sources for a full-band rate: resampled, they would teach that there is nothing above theirs.
const LEAST_SOURCE_HZ: u32 = 32_000;
/// The least full-band rate.
const FULL_BAND_HZ: u32 = 40_000;
/// The largest sample of a recording whose full scale is 1: what is louder has another one, and would be clipped to noise.
const LARGEST: f32 = 16.0;
/// The peak up to which 16 bits hold nothing but their own noise.
const SILENT: f32 = 4.0 / 32_768.0;

/// The samples of `source` at `rate_hz`, none where it is silent; and in sentences what of it is missing or damaged.
///
/// # Errors
/// Where it cannot be read, or is of no use: its rate is far below `rate_hz` where that is full-band, or its samples
/// are not those of sound whose full scale is 1.
pub(super) fn recording(source: &Path, rate_hz: u32) -> Result<(Vec<f32>, Vec<String>)> {
    let mut told = Vec::new();
    let audio = Audio::read_telling(source, &mut |what| told.push(what))?;
    if rate_hz >= FULL_BAND_HZ && audio.rate_hz < LEAST_SOURCE_HZ {
        let expected = format!("at least {LEAST_SOURCE_HZ} Hz, to learn sound at {rate_hz} Hz from");
        return Err(Error::invalid(source.display(), "rate", format!("{} Hz", audio.rate_hz), expected));
    }
    for (channel, samples) in audio.channels.iter().enumerate() {
        if let Some(at) = samples.iter().position(|sample| sample.abs() > LARGEST) {
            let field = format!("channel {channel}, sample {at}");
            let expected = format!("at most {LARGEST}, as full scale is 1");
            return Err(Error::invalid(source.display(), field, samples[at], expected));
        }
    }
    let mono = audio.to_mono();
    if mono.iter().all(|sample| sample.abs() <= SILENT) {
        return Ok((Vec::new(), told));
    }
    Ok((resample(&mono, audio.rate_hz, rate_hz), told))
}
