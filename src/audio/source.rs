//! The bytes of an audio file, wherever they come from.

use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;

use super::target::STANDARD;
use crate::{Error, Result};

/// Bytes that a file of audio may have: more than a day of stereo.
const MOST_BYTES: u64 = 1 << 35;

/// All bytes of a file, a pipe, or for `-` of standard input: nothing of it need be seekable.
///
/// # Errors
/// Where it cannot be read, or has no end.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    let failed = |e| Error::io(path, e);
    let mut bytes = Vec::new();
    if path.as_os_str() == STANDARD {
        stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        File::open(path).map_err(failed)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Error::unreadable(path, format!("more than {MOST_BYTES} bytes, expected at most as many")));
    }
    Ok(bytes)
}
