//! Containers as they are found: with sizes that lie, without ends, with other things around them.
//!
//! What holds plain samples is read here. What a decoder's own reader stumbles over is mended before it sees it.

mod aiff;
mod au;
mod caf;
mod contents;
mod flac;
mod length;
mod mp3;
mod mpeg4;
mod ogg;
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
    let coded = |bytes| Contents::Coded { bytes, edit: None, gaps: false };
    if mpeg4::is_mpeg4(&bytes) {
        let bytes = mpeg4::mended(path, bytes, tell)?;
        return Ok(Contents::Coded { edit: Edit::of(&bytes), bytes, gaps: false });
    }
    if ogg::is_ogg(&bytes) {
        let mended = ogg::mended(&bytes);
        let gaps = mended.is_some();
        return Ok(Contents::Coded { bytes: mended.unwrap_or(bytes), edit: None, gaps });
    }
    if flac::is_flac(&bytes) {
        return Ok(Contents::Row(flac::parts(&bytes)));
    }
    if caf::is_caf(&bytes) {
        return caf::mended(path, bytes, tell).map(coded);
    }
    Ok(coded(mp3::mended(path, bytes, tell)?))
}
