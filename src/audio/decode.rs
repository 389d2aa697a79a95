//! Decoding audio files with symphonia.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as DecodeError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

use super::Audio;
use super::au::{self, AuFile};
use crate::{Error, Result};

const EXPECTED: &str = "expected WAV, FLAC, Ogg Vorbis, MP3, MPEG-4 (AAC, ALAC), AIFF, CAF or AU audio";

/// Decodes the default audio track of a file.
pub fn decode(path: &Path) -> Result<Audio> {
    let mut file = File::open(path).map_err(|e| Error::io(path, e))?;
    let mut magic = Vec::new();
    file.by_ref().take(au::MAGIC.len() as u64).read_to_end(&mut magic).map_err(|e| Error::io(path, e))?;
    file.rewind().map_err(|e| Error::io(path, e))?;
    if magic.is_empty() {
        return Err(Error::unreadable(path, format!("the file is empty, {EXPECTED}")));
    }
    let unreadable =
        |e: DecodeError| Error::unreadable(path, format!("not readable as audio ({e}), {EXPECTED}"));
    if magic == au::MAGIC {
        let mut file = AuFile::read(path, file)?;
        let decoder = decoder(&file.parameters).map_err(unreadable)?;
        return collected(decoder, || Ok(file.next())).map_err(unreadable);
    }
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
        hint.with_extension(extension);
    }
    let mut reader = symphonia::default::get_probe()
        .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(unreadable)?;
    let no_track = || Error::unreadable(path, format!("holds no audio track, {EXPECTED}"));
    let track = reader.default_track(TrackType::Audio).ok_or_else(no_track)?;
    let parameters = track.codec_params.as_ref().and_then(|p| p.audio()).ok_or_else(no_track)?;
    let (decoder, id) = (decoder(parameters).map_err(unreadable)?, track.id);
    let mut next = || {
        loop {
            match reader.next_packet()? {
                Some(packet) if packet.track_id != id => {}
                next => return Ok(next),
            }
        }
    };
    collected(decoder, &mut next).map_err(unreadable)
}

fn decoder(parameters: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>, DecodeError> {
    symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default())
}

/// All that `decoder` makes of the packets that `next` gives.
fn collected(
    mut decoder: Box<dyn AudioDecoder>,
    mut next: impl FnMut() -> Result<Option<Packet>, DecodeError>,
) -> Result<Audio, DecodeError> {
    let mut audio = Audio { rate_hz: 0, channels: Vec::new() };
    let mut interleaved = Vec::new();
    while let Some(packet) = next()? {
        let buffer = decoder.decode(&packet)?;
        let (rate_hz, count) = (buffer.spec().rate(), buffer.spec().channels().count());
        if audio.channels.is_empty() {
            audio = Audio { rate_hz, channels: vec![Vec::new(); count] };
        } else if (rate_hz, count) != (audio.rate_hz, audio.channels.len()) {
            return Err(DecodeError::Unsupported("rate or channel count changes within the file"));
        }
        interleaved.resize(buffer.samples_interleaved(), 0.0_f32);
        buffer.copy_to_slice_interleaved(&mut interleaved);
        for frame in interleaved.chunks_exact(count) {
            for (channel, value) in audio.channels.iter_mut().zip(frame) {
                channel.push(*value);
            }
        }
    }
    Ok(audio)
}
