//! What a file of sound can be: the same for every container.

use std::ops::RangeInclusive;
use std::path::Path;

use super::Audio;
use crate::{Error, Result};

/// Sample rates of files, in Hz.
const RATES: RangeInclusive<u32> = 1000..=768_000;
/// Channels of a file.
const MOST_CHANNELS: usize = 64;
/// Sample frames of a packet: FLAC's longest has so many.
pub(super) const MOST_PACKET_FRAMES: u64 = 1 << 16;
/// Largest magnitude of a sample: integers of 32 bits that were written as floating-point numbers are below it, and its square
/// is far from infinite.
const LARGEST: f32 = 1e10;

/// Refuses a rate or a number of channels that no file of sound has.
pub(super) fn check_format(path: &Path, rate_hz: u32, channels: usize) -> Result<()> {
    if !RATES.contains(&rate_hz) {
        let expected = format!("{} to {} Hz", RATES.start(), RATES.end());
        return Err(Error::invalid(path.display(), "sample rate", format!("{rate_hz} Hz"), expected));
    }
    if !(1..=MOST_CHANNELS).contains(&channels) {
        return Err(Error::invalid(path.display(), "channels", channels, format!("1 to {MOST_CHANNELS}")));
    }
    Ok(())
}

/// Refuses packets of more sample frames than any codec's have: a decoder makes room for one.
pub(super) fn check_packet(path: &Path, frames: u64) -> Result<()> {
    if frames > MOST_PACKET_FRAMES {
        let expected = format!("at most {MOST_PACKET_FRAMES}");
        return Err(Error::invalid(path.display(), "sample frames of a packet", frames, expected));
    }
    Ok(())
}

/// Refuses samples that are no numbers, or larger than any sound.
pub(super) fn check_values(path: &Path, audio: &Audio) -> Result<()> {
    for (channel, samples) in audio.channels.iter().enumerate() {
        if let Some(at) = samples.iter().position(|v| !v.is_finite() || v.abs() > LARGEST) {
            let (field, found) = (format!("channel {channel}, sample {at}"), samples[at]);
            let expected = format!("a finite number of at most {LARGEST:e}");
            return Err(Error::invalid(path.display(), field, format!("{found:e}"), expected));
        }
    }
    Ok(())
}
