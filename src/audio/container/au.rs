//! Sun and NeXT audio files (`.au`, `.snd`): GTZAN comes in them.
//!
//! Six big-endian words (magic, offset of the samples, their bytes, encoding, sample rate, channels), a comment, then the
//! samples, big-endian and interleaved.

use std::path::Path;

use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_PCM_ALAW, CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_MULAW, CODEC_ID_PCM_S8,
    CODEC_ID_PCM_S16BE, CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S32BE,
};

use super::length::held;
use crate::audio::pcm::{Coding, Pcm};
use crate::{Error, Result};

/// Words of the header.
const WORDS: usize = 6;
/// The size of samples that go on to the end of the file.
const TO_THE_END: usize = u32::MAX as usize;

/// Reads an AU file.
pub(super) fn read(path: &Path, bytes: Vec<u8>, tell: &mut dyn FnMut(String)) -> Result<Pcm> {
    let refused = |field: &str, found: String, expected: &str| {
        Err(Error::invalid(path.display(), field, found, expected))
    };
    let header: Vec<u32> =
        bytes.as_chunks().0.iter().take(WORDS).map(|word| u32::from_be_bytes(*word)).collect();
    let &[_, offset, size, encoding, rate_hz, channels] = &header[..] else {
        return refused("header", format!("{} bytes", bytes.len()), "24 bytes");
    };
    let Some(coding) = coded(encoding) else {
        let expected = "1 to 7 or 27 (µ-law, 8 to 32 bits, floating-point, A-law)";
        return refused("encoding", encoding.to_string(), expected);
    };
    let (offset, size) = (offset as usize, size as usize);
    if !(4 * WORDS..=bytes.len()).contains(&offset) {
        let expected = format!("{} to {} (the file's length)", 4 * WORDS, bytes.len());
        return refused("offset of the samples", offset.to_string(), &expected);
    }
    let there = bytes.len() - offset;
    let taken = if size == TO_THE_END { there } else { held(size as u64, there, tell) };
    Ok(Pcm { coding, rate_hz, channels: channels as usize, bytes, samples: offset..offset + taken })
}

/// The codec of an encoding, and its bytes per sample.
fn coded(encoding: u32) -> Option<Coding> {
    Some(match encoding {
        1 => Coding(CODEC_ID_PCM_MULAW, 1),
        2 => Coding(CODEC_ID_PCM_S8, 1),
        3 => Coding(CODEC_ID_PCM_S16BE, 2),
        4 => Coding(CODEC_ID_PCM_S24BE, 3),
        5 => Coding(CODEC_ID_PCM_S32BE, 4),
        6 => Coding(CODEC_ID_PCM_F32BE, 4),
        7 => Coding(CODEC_ID_PCM_F64BE, 8),
        27 => Coding(CODEC_ID_PCM_ALAW, 1),
        _ => return None,
    })
}
