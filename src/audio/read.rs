//! Audio from files.

use std::path::Path;

use super::decode::decode;
use super::{Audio, source};
use crate::{Error, Result};

/// Sample rates of files, in Hz.
const RATES: std::ops::RangeInclusive<u32> = 1000..=768_000;
/// Channels of a file.
const MOST_CHANNELS: usize = 64;
/// Largest magnitude of a sample: integers of 32 bits that were written as floating-point numbers are below it, and its square
/// is far from infinite.
const LARGEST: f32 = 1e10;

impl Audio {
    /// Reads a WAV, FLAC, Ogg Vorbis, MP3, MPEG-4 (AAC or ALAC), AIFF, CAF or AU file, or for `-` standard input: of one that
    /// is damaged, what is there.
    ///
    /// # Errors
    /// Where the file cannot be opened or is no audio, holds no samples, or has a rate, channels or values that no sound has.
    pub fn read(path: &Path) -> Result<Self> {
        Self::read_telling(path, &mut |_| ())
    }

    /// The same, and tells in a sentence of each thing that was not as it should be: what is missing, and what is silent
    /// because it is damaged.
    ///
    /// # Errors
    /// Those of [`Audio::read`].
    pub fn read_telling(path: &Path, tell: &mut dyn FnMut(String)) -> Result<Self> {
        let bytes = source::read(path)?;
        let audio = decode(path, bytes, tell)?;
        if audio.samples() == 0 {
            return Err(Error::unreadable(path, "holds no samples, expected at least one"));
        }
        for (channel, samples) in audio.channels.iter().enumerate() {
            if let Some(at) = samples.iter().position(|v| !v.is_finite() || v.abs() > LARGEST) {
                let (field, found) = (format!("channel {channel}, sample {at}"), samples[at]);
                let expected = format!("a finite number of at most {LARGEST:e}");
                return Err(Error::invalid(path.display(), field, format!("{found:e}"), expected));
            }
        }
        Ok(audio)
    }
}

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
