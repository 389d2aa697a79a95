//! Samples from packets, each where it belongs.

use std::path::Path;

use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::codecs::audio::well_known::CODEC_ID_FLAC;
use symphonia::core::formats::Track;
use symphonia::core::packet::Packet;

use super::Audio;
use super::limits::{MOST_PACKET_FRAMES, check_format};
use crate::{Error, Result};

/// Samples of all channels that are decoded at most: 8 GB.
const MOST_SAMPLES: u64 = 1 << 31;
/// Sample frames of the longest block of Vorbis.
const MOST_BLOCK: u64 = 8192;
/// Seconds that may be missing at a place before its time is not believed.
const MOST_GAP_S: u64 = 60;
/// How many such places are believed, in all.
const MOST_GAPS: u64 = 10;

/// What has been decoded of a track.
pub(super) struct Gathered<'a> {
    path: &'a Path,
    audio: Audio,
    interleaved: Vec<f32>,
    /// Sample frames that there should be, if the file says so.
    promised: Option<u64>,
    /// Whether packets have times that count sample frames, and when the next one begins.
    is_timed: bool,
    next: Option<i64>,
    /// Sample frames of the same sound before these, and whether what is missing between is still to be found out.
    before: u64,
    is_apart: bool,
    /// Sample frames that were silent because they are damaged or missing, and the first of them.
    silent: u64,
    first_silent: u64,
}

impl<'a> Gathered<'a> {
    /// Nothing yet of a track of `promised` sample frames.
    pub(super) fn new(path: &'a Path, promised: Option<u64>) -> Self {
        let audio = Audio { rate_hz: 0, channels: Vec::new() };
        Self {
            path,
            audio,
            interleaved: Vec::new(),
            promised,
            is_timed: false,
            next: None,
            before: 0,
            is_apart: false,
            silent: 0,
            first_silent: 0,
        }
    }

    /// The same, with packets at the times of `track`, of whose sound so many frames were `before`.
    pub(super) fn timed(mut self, track: &Track, before: Option<u64>) -> Self {
        (self.before, self.is_apart) = (before.unwrap_or(0), before.is_some());
        // Others count what they decode, or leave out what their first packets have to.
        let codec = track.codec_params.as_ref().and_then(|p| p.audio()).map(|p| p.codec);
        self.is_timed = codec == Some(CODEC_ID_FLAC);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.audio.samples() == 0
    }

    pub(super) fn seconds(&self) -> f64 {
        if self.is_empty() { 0.0 } else { self.audio.seconds() }
    }

    /// Decodes a packet, and puts silence where one before it is missing, or itself where it is damaged.
    ///
    /// # Errors
    /// Where the file's rate or channels change, or are none that a file of sound has.
    pub(super) fn take(&mut self, decoder: &mut dyn AudioDecoder, packet: &Packet) -> Result<()> {
        if let Some(next) = self.next.filter(|_| self.is_timed) {
            let most = MOST_GAP_S * u64::from(self.audio.rate_hz);
            if let Ok(missing @ 1..) = u64::try_from(packet.pts.get().saturating_sub(next))
                && missing <= most
                && self.silent <= MOST_GAPS * most
            {
                self.fill(missing)?;
            }
        }
        self.next = packet.pts.get().checked_add_unsigned(packet.dur.get());
        let Ok(buffer) = decoder.decode(packet) else {
            return self.fill(packet.dur.get().min(MOST_PACKET_FRAMES));
        };
        let (rate_hz, count, frames) =
            (buffer.spec().rate(), buffer.spec().channels().count(), buffer.frames());
        if self.audio.channels.is_empty() {
            check_format(self.path, rate_hz, count)?;
            self.audio = Audio { rate_hz, channels: vec![Vec::new(); count] };
        } else if (rate_hz, count) != (self.audio.rate_hz, self.audio.channels.len()) {
            let found = format!("{rate_hz} Hz and {count} channels from {:.2} s on", self.seconds());
            let expected =
                format!("{} Hz and {} channels as before", self.audio.rate_hz, self.audio.channels.len());
            return Err(Error::invalid(self.path.display(), "format", found, expected));
        }
        self.interleaved.resize(buffer.samples_interleaved(), 0.0);
        buffer.copy_to_slice_interleaved(&mut self.interleaved);
        if self.is_apart && frames > 0 {
            self.is_apart = false;
            let missing = u64::try_from(packet.pts.get()).unwrap_or(0).saturating_sub(self.before);
            // A sound's beginning is where it is, but for the time that a decoder takes to begin.
            if self.before > 0 || missing > MOST_BLOCK {
                self.fill(missing.min(MOST_GAP_S * u64::from(rate_hz)))?;
            }
        }
        self.check_room(frames as u64)?;
        for (index, channel) in self.audio.channels.iter_mut().enumerate() {
            channel.extend(self.interleaved.iter().skip(index).step_by(count));
        }
        Ok(())
    }

    /// The whole, and a word for what is silent or missing.
    ///
    /// # Errors
    /// Where the file promises more than there is memory for.
    pub(super) fn end(self, tell: &mut dyn FnMut(String)) -> Result<Audio> {
        let (held, rate_hz) = (self.audio.samples() as u64, f64::from(self.audio.rate_hz.max(1)));
        if self.silent > 0 {
            let at = self.first_silent as f64 / rate_hz;
            tell(format!("damaged from {at:.2} s on: {:.3} s in all are silent", self.silent as f64 / rate_hz));
        }
        if let Some(promised) = self.promised.filter(|promised| held > 0 && *promised > held) {
            let [held, promised] = [held, promised].map(|frames| frames as f64 / rate_hz);
            tell(format!("cut short: {held:.3} of {promised:.3} s are there"));
        }
        Ok(self.audio)
    }

    /// Silence of so many sample frames, once there is a sound that it belongs to.
    fn fill(&mut self, frames: u64) -> Result<()> {
        if self.audio.channels.is_empty() {
            return Ok(());
        }
        self.check_room(frames)?;
        if self.silent == 0 {
            self.first_silent = self.before + self.audio.samples() as u64;
        }
        self.silent += frames;
        for channel in &mut self.audio.channels {
            channel.resize(channel.len() + frames as usize, 0.0);
        }
        Ok(())
    }

    /// Refuses more samples than a file of sound has.
    fn check_room(&self, frames: u64) -> Result<()> {
        let samples = (self.audio.samples() as u64).saturating_add(frames) * self.audio.channels.len() as u64;
        if samples > MOST_SAMPLES {
            let expected = format!("at most {MOST_SAMPLES}");
            return Err(Error::invalid(self.path.display(), "samples of all channels", samples, expected));
        }
        Ok(())
    }
}
