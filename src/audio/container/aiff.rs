//! AIFF and AIFF-C files: big-endian chunks, of which `COMM` says what the samples in `SSND` are.

use std::path::Path;

use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_PCM_ALAW, CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_MULAW, CODEC_ID_PCM_S8,
    CODEC_ID_PCM_S16BE, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32BE,
    CODEC_ID_PCM_S32LE, CODEC_ID_PCM_U8,
};

use super::length::held;
use super::words::{find, u16_at, u32_at, u64_at};
use crate::audio::pcm::{Coding, Pcm};
use crate::{Error, Result};

/// Reads an AIFF file.
pub(super) fn read(path: &Path, bytes: Vec<u8>, tell: &mut dyn FnMut(String)) -> Result<Pcm> {
    let (mut common, mut sound, mut at) = (None, None, 12);
    while let (Some(name), Some(size)) = (bytes.get(at..at + 4), u32_at(&bytes, at + 4, true)) {
        let (body, size) = (at + 8, size as usize);
        match name {
            b"COMM" => common = Some(body),
            b"SSND" => sound = Some((body, size)),
            _ => {}
        }
        at = match body.saturating_add(size).saturating_add(size & 1) {
            next if next < bytes.len() => next,
            // A size that goes beyond the file: what follows the sound cannot be found, what precedes it can.
            _ if sound.is_none() => match find(&bytes, body, b"SSND") {
                Some(next) => next,
                None => break,
            },
            _ => break,
        };
    }
    let missing =
        |name: &str| Error::invalid(path.display(), name, "no such chunk", "one before the file's end");
    let (at, (body, size)) = (common.ok_or_else(|| missing("COMM"))?, sound.ok_or_else(|| missing("SSND"))?);
    let common = Common::of(path, &bytes, at)?;
    // Two words, of which the first says how many bytes to leave out, come before the samples.
    let skipped = u32_at(&bytes, body, true).unwrap_or(0) as usize;
    let start = body.saturating_add(8).saturating_add(skipped).min(bytes.len());
    let frame_bytes = usize::from(common.channels) * common.coding.1;
    let promised = u64::from(common.frames) * frame_bytes as u64;
    let end = match size {
        size if body.saturating_add(size) <= bytes.len() && size > 8 => body + size,
        _ => bytes.len(),
    };
    let there = end.max(start) - start;
    let end = start + held(promised, there, tell);
    let (coding, rate_hz, channels) = (common.coding, common.rate_hz, common.channels.into());
    Ok(Pcm { coding, rate_hz, channels, bytes, samples: start..end })
}

/// What a `COMM` chunk says.
struct Common {
    channels: u16,
    frames: u32,
    rate_hz: u32,
    coding: Coding,
}

impl Common {
    fn of(path: &Path, bytes: &[u8], at: usize) -> Result<Self> {
        let read = || {
            let rate_hz = extended(u16_at(bytes, at + 8, true)?, u64_at(bytes, at + 10, true)?);
            Some((
                u16_at(bytes, at, true)?,
                u32_at(bytes, at + 2, true)?,
                u16_at(bytes, at + 6, true)?,
                rate_hz,
            ))
        };
        let Some((channels, frames, bits, rate_hz)) = read() else {
            return Err(Error::invalid(path.display(), "COMM chunk", "cut off", "18 bytes or more"));
        };
        let compression = match &bytes[8..12] {
            b"AIFC" => bytes.get(at + 18..).and_then(|rest| rest.first_chunk()).copied(),
            _ => None,
        };
        let sample_bytes = usize::from(bits).div_ceil(8);
        let coding = coding(compression.as_ref().unwrap_or(b"NONE"), sample_bytes).ok_or_else(|| {
            let name = String::from_utf8_lossy(compression.as_ref().map_or(b"NONE", |name| &name[..]));
            let found = format!("{} of {bits} bits", name.escape_debug());
            let expected = "NONE or sowt of 8 to 32 bits, fl32, fl64, alaw or ulaw";
            Error::invalid(path.display(), "format", found, expected)
        })?;
        Ok(Self { channels, frames, rate_hz, coding })
    }
}

fn coding(compression: &[u8; 4], sample_bytes: usize) -> Option<Coding> {
    Some(match (compression, sample_bytes) {
        (b"fl32" | b"FL32", _) => Coding(CODEC_ID_PCM_F32BE, 4),
        (b"fl64" | b"FL64", _) => Coding(CODEC_ID_PCM_F64BE, 8),
        (b"alaw" | b"ALAW", _) => Coding(CODEC_ID_PCM_ALAW, 1),
        (b"ulaw" | b"ULAW", _) => Coding(CODEC_ID_PCM_MULAW, 1),
        (b"raw ", 1) => Coding(CODEC_ID_PCM_U8, 1),
        (b"NONE" | b"twos" | b"sowt", 1) => Coding(CODEC_ID_PCM_S8, 1),
        (b"sowt", 2) => Coding(CODEC_ID_PCM_S16LE, 2),
        (b"sowt", 3) => Coding(CODEC_ID_PCM_S24LE, 3),
        (b"sowt", 4) => Coding(CODEC_ID_PCM_S32LE, 4),
        (b"NONE" | b"twos", 2) => Coding(CODEC_ID_PCM_S16BE, 2),
        (b"NONE" | b"in24", 3) => Coding(CODEC_ID_PCM_S24BE, 3),
        (b"NONE" | b"in32", 4) => Coding(CODEC_ID_PCM_S32BE, 4),
        _ => return None,
    })
}

/// The whole number nearest to one of 80 bits: sign and exponent, then the fraction with its leading 1.
fn extended(exponent: u16, fraction: u64) -> u32 {
    let value = fraction as f64 * 2.0_f64.powi(i32::from(exponent & 0x7fff) - 16383 - 63);
    if exponent >> 15 == 1 { 0 } else { value.round() as u32 }
}
