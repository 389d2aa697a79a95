//! Apple's Core Audio files, cut short or with other things behind them.

use super::length::held;
use super::words::{u32_at, u64_at};

/// Bytes before the first chunk.
const HEADER_BYTES: usize = 8;
/// The bytes of a chunk before its contents: a name, and a length of 8 bytes.
const CHUNK_BYTES: usize = 12;

/// Whether the bytes are those of a Core Audio file.
pub(super) fn is_caf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"caff")
}

/// The file with its last chunk as long as it is, without what follows and is none.
pub(super) fn mended(mut bytes: Vec<u8>, tell: &mut dyn FnMut(String)) -> Vec<u8> {
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
            return bytes;
        }
        if length > rest {
            break;
        }
        at = body + length as usize;
    }
    bytes.truncate(at);
    bytes
}
