//! Audio from files.

use std::path::Path;

use super::Audio;
use super::decode::decode;
use crate::{Error, Result};

impl Audio {
    /// Reads a WAV, FLAC, Ogg Vorbis, MP3, MPEG-4 (AAC or ALAC), AIFF, CAF or AU file.
    ///
    /// # Errors
    /// Where the file cannot be opened or is no audio, holds no samples, or holds values that are not finite.
    pub fn read(path: &Path) -> Result<Self> {
        let audio = decode(path)?;
        if audio.samples() == 0 {
            return Err(Error::unreadable(path, "holds no samples, expected at least one"));
        }
        for (channel, samples) in audio.channels.iter().enumerate() {
            if let Some(at) = samples.iter().position(|v| !v.is_finite()) {
                let field = format!("channel {channel}, sample {at}");
                return Err(Error::invalid(path.display(), field, samples[at], "a finite number"));
            }
        }
        Ok(audio)
    }
}
