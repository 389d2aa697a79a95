//! Audio from files.

use std::path::Path;

use super::decode::decode;
use super::limits::check_values;
use super::{Audio, source};
use crate::{Error, Result};

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
        check_values(path, &audio)?;
        Ok(audio)
    }
}
