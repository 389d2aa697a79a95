//! Samples as they are, one after another: what WAV, AIFF and AU files hold, behind headers that may say anything.

use std::ops::Range;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

/// Sample frames that are decoded at once.
const PACKET_FRAMES: usize = 4096;

/// How samples are coded: the codec, and bytes per sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Coding(pub(super) AudioCodecId, pub(super) usize);

/// Samples in the bytes of a file.
pub(super) struct Pcm {
    pub(super) coding: Coding,
    pub(super) rate_hz: u32,
    pub(super) channels: usize,
    pub(super) bytes: Vec<u8>,
    /// Where they lie.
    pub(super) samples: Range<usize>,
}

impl Pcm {
    /// How they are decoded.
    pub(super) fn parameters(&self) -> AudioCodecParameters {
        let mut parameters = AudioCodecParameters::new();
        parameters
            .for_codec(self.coding.0)
            .with_sample_rate(self.rate_hz)
            .with_channels(Channels::Discrete(self.channels as u16))
            .with_max_frames_per_packet(PACKET_FRAMES as u64);
        parameters
    }

    /// All of them, as packets of whole frames: what is left of one at the end is no sound.
    pub(super) fn packets(&self) -> impl Iterator<Item = Packet> + '_ {
        let frame_bytes = self.frame_bytes();
        let whole = self.samples.len() - self.samples.len() % frame_bytes;
        self.bytes[self.samples.start..self.samples.start + whole].chunks(PACKET_FRAMES * frame_bytes).scan(
            0,
            move |start, bytes| {
                let frames = (bytes.len() / frame_bytes) as u64;
                let packet = Packet::new(0, Timestamp::from(*start as i64), Duration::from(frames), bytes);
                *start += frames;
                Some(packet)
            },
        )
    }

    fn frame_bytes(&self) -> usize {
        self.channels * self.coding.1
    }
}
