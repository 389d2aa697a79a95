//! WAV files: RIFF, RIFX, RF64 (EBU Tech 3306), BW64 (ITU-R BS.2088) and Sony's Wave64.
//!
//! A header is written before its sound is known, and often never again: a size that cannot be is the rest of the file.

use std::ops::Range;
use std::path::Path;

use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_PCM_ALAW, CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_F64LE,
    CODEC_ID_PCM_MULAW, CODEC_ID_PCM_S16BE, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S24LE,
    CODEC_ID_PCM_S32BE, CODEC_ID_PCM_S32LE, CODEC_ID_PCM_U8,
};

use super::contents::Contents;
use super::length::held;
use super::mp3;
use super::words::{find, u16_at, u32_at, u64_at};
use crate::audio::pcm::{Coding, Pcm};
use crate::{Error, Result};

/// Sizes from here on are what writers to pipes put where they know none.
const UNKNOWN: u64 = 0x7fff_0000;
/// What ends the identifiers of Wave64 that begin as RIFF's do.
const WAVE64: [u8; 12] = [0xf3, 0xac, 0xd3, 0x11, 0x8c, 0xd1, 0x00, 0xc0, 0x4f, 0x8e, 0xdb, 0x8a];
/// The format tags of MS and IMA ADPCM, of MP3, and of what says itself what it is in a longer chunk.
const ADPCM: [u16; 2] = [0x0002, 0x0011];
const MP3: u16 = 0x0055;
const EXTENSIBLE: u16 = 0xfffe;

/// Reads a WAV file.
pub(super) fn read(path: &Path, bytes: Vec<u8>, tell: &mut dyn FnMut(String)) -> Result<Contents> {
    let chunks = if bytes.starts_with(b"riff") { wave64(&bytes) } else { riff(&bytes) };
    let missing =
        |name: &str| Error::invalid(path.display(), name, "no such chunk", "one before the file's end");
    let format = chunks.format.ok_or_else(|| missing("fmt"))?;
    let (samples, promised) = chunks.data.ok_or_else(|| missing("data"))?;
    if let Some(promised) = promised {
        held(promised, samples.len(), tell);
    }
    let format = Format::of(path, &bytes[format], chunks.big_endian)?;
    if format.tag == MP3 {
        return Ok(Contents::Coded {
            bytes: mp3::mended(path, bytes[samples].to_vec(), tell)?,
            edit: None,
            gaps: false,
        });
    }
    if ADPCM.contains(&format.tag) {
        return Ok(Contents::Coded { bytes: format.canonical(&bytes[samples]), edit: None, gaps: false });
    }
    let coding = format.coding(path, chunks.big_endian)?;
    let (rate_hz, channels) = (format.rate_hz, usize::from(format.channels));
    Ok(Contents::Pcm(Pcm { coding, rate_hz, channels, bytes, samples }))
}

/// Where a file's chunks lie.
struct Chunks {
    big_endian: bool,
    format: Option<Range<usize>>,
    /// The sound, and how many bytes of it the header promises, where it says so.
    data: Option<(Range<usize>, Option<u64>)>,
}

fn riff(bytes: &[u8]) -> Chunks {
    let big_endian = bytes.starts_with(b"RIFX");
    let mut chunks = Chunks { big_endian, format: None, data: None };
    let (mut at, mut long) = (12, None);
    while let Some(size) = u32_at(bytes, at + 4, big_endian) {
        let (body, size) = (at + 8, size as usize);
        let end = body.saturating_add(size).min(bytes.len());
        match &bytes[at..at + 4] {
            b"fmt " => chunks.format = Some(body..end),
            b"ds64" => long = u64_at(bytes, body + 8, false),
            b"data" => {
                let size = if size == u32::MAX as usize { long.unwrap_or(u64::MAX) } else { size as u64 };
                chunks.data = Some(sound(bytes, body, size, big_endian));
                break;
            }
            _ => {}
        }
        let next = body.saturating_add(size);
        // Chunks begin at even places, where writers remember it.
        at = match [next.saturating_add(size & 1), next].into_iter().find(|at| is_chunk(bytes, *at)) {
            Some(next) => next,
            None => {
                let wanted: &[u8] = if chunks.format.is_none() { b"fmt " } else { b"data" };
                match find(bytes, body, wanted) {
                    Some(next) => next,
                    None => break,
                }
            }
        };
    }
    chunks
}

/// The sound from `body` on whose header says that it has `size` bytes.
fn sound(bytes: &[u8], body: usize, size: u64, big_endian: bool) -> (Range<usize>, Option<u64>) {
    let rest = bytes.len() - body;
    match size {
        0 if ends_in_chunks(bytes, body, big_endian) => (body..body, None),
        size if size >= UNKNOWN && size > rest as u64 => (body..bytes.len(), None),
        size if size == 0 || size > rest as u64 => (body..bytes.len(), Some(size)),
        size => (body..body + size as usize, None),
    }
}

/// Whether a chunk can begin at `at`: there is a name of printable characters.
fn is_chunk(bytes: &[u8], at: usize) -> bool {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk::<8>())
        .is_some_and(|head| head[..4].iter().all(|byte| (0x20..0x7f).contains(byte)))
}

/// Whether nothing but whole chunks lies from `at` to the end.
fn ends_in_chunks(bytes: &[u8], mut at: usize, big_endian: bool) -> bool {
    while at < bytes.len() {
        let size = u32_at(bytes, at + 4, big_endian).filter(|_| is_chunk(bytes, at));
        let Some(size) = size else { return false };
        let (body, size) = (at + 8, size as usize);
        if body.saturating_add(size) > bytes.len() {
            return false;
        }
        at = body + size + (size & 1);
    }
    true
}

/// Chunks with identifiers of 16 bytes and sizes of 8, which count both, at places that are multiples of 8.
fn wave64(bytes: &[u8]) -> Chunks {
    let mut chunks = Chunks { big_endian: false, format: None, data: None };
    let mut at = 40;
    while let (Some(name), Some(size)) = (bytes.get(at..at + 16), u64_at(bytes, at + 16, false)) {
        let (body, rest) = (at + 24, (bytes.len() - at) as u64);
        let end = at + size.clamp(24, rest.max(24)) as usize;
        let known = name[4..] == WAVE64;
        match &name[..4] {
            b"fmt " if known => chunks.format = Some(body..end),
            b"data" if known => {
                chunks.data = Some(sound(bytes, body, size.saturating_sub(24), false));
                break;
            }
            _ => {}
        }
        at = end.next_multiple_of(8);
    }
    chunks
}

/// What a `fmt ` chunk says.
struct Format<'a> {
    tag: u16,
    channels: u16,
    rate_hz: u32,
    sample_bytes: usize,
    chunk: &'a [u8],
}

impl<'a> Format<'a> {
    fn of(path: &Path, chunk: &'a [u8], big_endian: bool) -> Result<Self> {
        let word = |at| u16_at(chunk, at, big_endian);
        let (Some(mut tag), Some(channels), Some(rate_hz), Some(block)) =
            (word(0), word(2), u32_at(chunk, 4, big_endian), word(12))
        else {
            let found = format!("{} bytes", chunk.len());
            return Err(Error::invalid(path.display(), "fmt chunk", found, "16 bytes or more"));
        };
        if tag == EXTENSIBLE {
            // The first bytes of a GUID that ends as all of these do.
            tag = word(24).unwrap_or(1);
        }
        let block = usize::from(block);
        let bits =
            word(14).filter(|bits| *bits > 0).map_or(8 * block / usize::from(channels.max(1)), usize::from);
        // A sample may have more room than bits, which lie at its upper end.
        let room = block.checked_div(channels.into()).filter(|room| room * usize::from(channels) == block);
        let least = bits.div_ceil(8);
        let sample_bytes =
            room.filter(|room| (least..=least.next_power_of_two()).contains(room)).unwrap_or(least);
        Ok(Self { tag, channels, rate_hz, sample_bytes, chunk })
    }

    fn coding(&self, path: &Path, big_endian: bool) -> Result<Coding> {
        let codecs = match (self.tag, self.sample_bytes) {
            (1, 1) => [CODEC_ID_PCM_U8; 2],
            (1, 2) => [CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S16BE],
            (1, 3) => [CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S24BE],
            (1, 4) => [CODEC_ID_PCM_S32LE, CODEC_ID_PCM_S32BE],
            (3, 4) => [CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F32BE],
            (3, 8) => [CODEC_ID_PCM_F64LE, CODEC_ID_PCM_F64BE],
            (6, 1) => [CODEC_ID_PCM_ALAW; 2],
            (7, 1) => [CODEC_ID_PCM_MULAW; 2],
            (tag, bytes) => {
                let found = format!("{tag:#06x} of {} bits", 8 * bytes);
                let expected = "PCM of 8 to 32 bits, floating point of 32 or 64, A-law, µ-law, ADPCM or MP3";
                return Err(Error::invalid(path.display(), "format", found, expected));
            }
        };
        Ok(Coding(codecs[usize::from(big_endian)], self.sample_bytes))
    }

    /// A file of this format around `samples`, with sizes that are true.
    fn canonical(&self, samples: &[u8]) -> Vec<u8> {
        let mut file = Vec::with_capacity(samples.len() + self.chunk.len() + 32);
        let size = (4 + 8 + self.chunk.len() + 8 + samples.len()) as u32;
        for part in [&b"RIFF"[..], &size.to_le_bytes(), b"WAVEfmt ", &(self.chunk.len() as u32).to_le_bytes()] {
            file.extend_from_slice(part);
        }
        for part in [self.chunk, b"data", &(samples.len() as u32).to_le_bytes(), samples] {
            file.extend_from_slice(part);
        }
        file
    }
}
