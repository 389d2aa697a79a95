//! Apple's Core Audio files, cut short or with other things behind them.

use std::path::Path;

use super::length::held;
use super::words::{u32_at, u64_at};
use crate::{Error, Result};

/// Bytes before the first chunk.
const HEADER_BYTES: usize = 8;
/// The bytes of a chunk before its contents: a name, and a length of 8 bytes.
const CHUNK_BYTES: usize = 12;

/// Where its description begins, and in it the bytes and channels of a packet.
const DESCRIPTION: usize = HEADER_BYTES + CHUNK_BYTES;
const PACKET_BYTES: usize = DESCRIPTION + 16;
const CHANNELS: usize = DESCRIPTION + 24;
/// Most bytes of a packet: the longest of any codec has as many frames as FLAC's, of 64 channels in 64 bits.
const MOST_PACKET_BYTES: u32 = 1 << 25;

/// Whether the bytes are those of a Core Audio file.
pub(super) fn is_caf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"caff")
}

/// The file with its last chunk as long as it is, without what follows and is none.
///
/// # Errors
/// Where its packets are longer than any, or have no channel.
pub(super) fn mended(path: &Path, mut bytes: Vec<u8>, tell: &mut dyn FnMut(String)) -> Result<Vec<u8>> {
    if let Some(packet) = u32_at(&bytes, PACKET_BYTES, true).filter(|packet| *packet > MOST_PACKET_BYTES) {
        let expected = format!("at most {MOST_PACKET_BYTES}");
        return Err(Error::invalid(path.display(), "bytes of a packet", packet, expected));
    }
    if u32_at(&bytes, CHANNELS, true) == Some(0) {
        return Err(Error::invalid(path.display(), "channels", 0, "1 or more"));
    }
    let mut at = HEADER_BYTES;
    while let (Some(_), Some(length)) = (u32_at(&bytes, at, true), u64_at(&bytes, at + 4, true)) {
        let (body, is_sound) = (at + CHUNK_BYTES, &bytes[at..at + 4] == b"data");
        let rest = (bytes.len() - body) as u64;
        // −1 is all that there is.
        if is_sound && (length == u64::MAX || length > rest) {
            if length != u64::MAX {
                held(length, rest as usize, tell);
            }
            bytes[at + 4..body].copy_from_slice(&rest.to_be_bytes());
            return Ok(bytes);
        }
        if length > rest {
            break;
        }
        at = body + length as usize;
    }
    bytes.truncate(at);
    Ok(bytes)
}
