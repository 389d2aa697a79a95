//! Containers as they are found: with sizes that lie, without ends, with other things around them.
//!
//! What holds plain samples is read here. What a decoder's own reader stumbles over is mended before it sees it.

mod aiff;
mod au;
mod contents;
mod mp3;
mod mpeg4;
mod riff;
mod tags;
mod words;

use std::path::Path;

use crate::Result;

pub(super) use contents::Contents;
use mpeg4::Edit;

/// Looks into the bytes of the file `path`, and tells of what was not as it should be.
///
/// # Errors
/// Where the container holds what cannot be read: names the file, the field and what was found.
pub(super) fn contents(path: &Path, bytes: Vec<u8>, tell: &mut dyn FnMut(String)) -> Result<Contents> {
    let bytes = tags::without(bytes);
    if let Some(magic) = bytes.first_chunk() {
        match magic {
            b"RIFF" | b"RIFX" | b"RF64" | b"BW64" | b"riff" => return riff::read(path, bytes, tell),
            b"FORM" => return aiff::read(path, bytes, tell).map(Contents::Pcm),
            b".snd" => return au::read(path, bytes, tell).map(Contents::Pcm),
            _ => {}
        }
    }
    if mp3::is_mp3(&bytes) {
        return Ok(Contents::Coded { bytes: mp3::mended(path, bytes, tell)?, edit: None });
    }
    Ok(Contents::Coded { edit: Edit::of(&bytes), bytes })
}
