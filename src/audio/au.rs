//! Sun and NeXT audio files (`.au`, `.snd`), which symphonia has no reader for: GTZAN comes in them.
//!
//! Six big-endian words (magic, offset of the samples, their bytes, encoding, sample rate, channels), a comment, then the
//! samples, big-endian and interleaved.

use std::io::Read;
use std::path::Path;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_PCM_ALAW, CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_MULAW, CODEC_ID_PCM_S8,
    CODEC_ID_PCM_S16BE, CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S32BE,
};
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

use crate::{Error, Result};

/// What such files begin with.
pub(super) const MAGIC: [u8; 4] = *b".snd";
/// Words of the header.
const WORDS: usize = 6;
/// The size of samples that go on to the end of the file.
const TO_THE_END: usize = u32::MAX as usize;
/// Sample frames that are decoded at once.
const PACKET_FRAMES: usize = 4096;

/// An open file.
pub(super) struct AuFile {
    /// How its samples are coded.
    pub(super) parameters: AudioCodecParameters,
    bytes: Vec<u8>,
    /// Where the next packet begins, and the last one ends.
    next: usize,
    end: usize,
    packet_bytes: usize,
}

impl AuFile {
    /// Reads the file, whose `path` errors name, from its start.
    ///
    /// # Errors
    /// The file cannot be read, or the first field of its header that says what cannot be.
    pub(super) fn read(path: &Path, mut file: impl Read) -> Result<Self> {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|e| Error::io(path, e))?;
        let refused = |field: &str, found: String, expected: &str| {
            Err(Error::invalid(path.display(), field, found, expected))
        };
        let header: Vec<u32> =
            bytes.as_chunks().0.iter().take(WORDS).map(|word| u32::from_be_bytes(*word)).collect();
        let &[_, offset, size, encoding, rate_hz, channels] = &header[..] else {
            return refused("header", format!("{} bytes", bytes.len()), "24 bytes");
        };
        let Some((codec, sample_bytes)) = coded(encoding) else {
            let expected = "1 to 7 or 27 (µ-law, 8 to 32 bits, floating-point, A-law)";
            return refused("encoding", encoding.to_string(), expected);
        };
        let Some(channels) = u16::try_from(channels).ok().filter(|channels| *channels > 0) else {
            return refused("channels", channels.to_string(), "1 to 65535");
        };
        if rate_hz == 0 {
            return refused("sample rate", "0 Hz".into(), "more than 0 Hz");
        }
        let (offset, size) = (offset as usize, size as usize);
        let end = if size == TO_THE_END { bytes.len() } else { offset.saturating_add(size) };
        if !(4 * WORDS..=end).contains(&offset) || end > bytes.len() {
            let found = format!("{} bytes", bytes.len());
            return refused("length", found, &format!("{} bytes or more, by its header", offset.max(end)));
        }
        let mut parameters = AudioCodecParameters::new();
        parameters.for_codec(codec).with_sample_rate(rate_hz).with_channels(Channels::Discrete(channels));
        parameters.with_max_frames_per_packet(PACKET_FRAMES as u64);
        let frame_bytes = usize::from(channels) * sample_bytes;
        // What is left of a frame at the end is no sound.
        let end = end - (end - offset) % frame_bytes;
        Ok(Self { parameters, bytes, next: offset, end, packet_bytes: PACKET_FRAMES * frame_bytes })
    }
}

impl Iterator for AuFile {
    type Item = Packet;

    fn next(&mut self) -> Option<Packet> {
        let start = self.next;
        self.next = (start + self.packet_bytes).min(self.end);
        let samples = self.bytes.get(start..self.next).filter(|samples| !samples.is_empty())?;
        Some(Packet::new(0, Timestamp::ZERO, Duration::ZERO, samples))
    }
}

/// The codec of an encoding, and its bytes per sample.
fn coded(encoding: u32) -> Option<(AudioCodecId, usize)> {
    Some(match encoding {
        1 => (CODEC_ID_PCM_MULAW, 1),
        2 => (CODEC_ID_PCM_S8, 1),
        3 => (CODEC_ID_PCM_S16BE, 2),
        4 => (CODEC_ID_PCM_S24BE, 3),
        5 => (CODEC_ID_PCM_S32BE, 4),
        6 => (CODEC_ID_PCM_F32BE, 4),
        7 => (CODEC_ID_PCM_F64BE, 8),
        27 => (CODEC_ID_PCM_ALAW, 1),
        _ => return None,
    })
}
