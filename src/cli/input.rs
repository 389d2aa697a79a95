//! Sound that a command is given.

use std::path::Path;

use anyhow::Result;
use remel::audio::Audio;

use super::print::note;

/// Reads a file of sound, and says on standard error what of it is missing or damaged.
///
/// # Errors
/// Those of [`Audio::read`].
pub fn read_audio(path: &Path) -> Result<Audio> {
    Ok(Audio::read_telling(path, &mut |what| note!("remel: warning: {}: {what}", path.display()))?)
}
