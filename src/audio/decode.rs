//! Decoding audio files with symphonia, as far as they go.

use std::cell::Cell;
use std::io::{Cursor, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as DecodeError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::Audio;
use super::container::{Contents, contents};
use super::gather::Gathered;
use super::limits::{check_format, check_packet};
use crate::{Error, Result};

const EXPECTED: &str = "expected WAV, FLAC, Ogg Vorbis, MP3, MPEG-4 (AAC, ALAC), AIFF, CAF or AU audio";

/// Decodes the default audio track of the file `path`, whose `bytes` these are.
pub(super) fn decode(path: &Path, bytes: Vec<u8>, tell: &mut dyn FnMut(String)) -> Result<Audio> {
    if bytes.is_empty() {
        return Err(Error::unreadable(path, format!("the file is empty, {EXPECTED}")));
    }
    match contents(path, bytes, tell)? {
        Contents::Pcm(pcm) => {
            check_format(path, pcm.rate_hz, pcm.channels)?;
            let mut decoder = decoder(&pcm.parameters()).map_err(|e| unreadable(path, &e))?;
            let mut gathered = Gathered::new(path, None);
            for packet in pcm.packets() {
                gathered.take(decoder.as_mut(), &packet)?;
            }
            gathered.end(tell)
        }
        Contents::Row(parts) => {
            let mut parts = parts.into_iter();
            let mut whole = coded(path, parts.next().unwrap_or_default(), false, tell)?;
            for part in parts {
                match coded(path, part, false, tell) {
                    Ok(part) => join(path, &mut whole, part)?,
                    Err(_) => {
                        tell(format!("what follows {:.2} s after its start is not readable", whole.seconds()))
                    }
                }
            }
            Ok(whole)
        }
        Contents::Coded { bytes, edit, gaps } => {
            let mut audio = coded(path, bytes, gaps, tell)?;
            if let Some(edit) = edit {
                for channel in &mut audio.channels {
                    *channel = edit.apply(channel, audio.rate_hz);
                }
            }
            Ok(audio)
        }
    }
}

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is in a decoder, a panic of which becomes an error: a program that says errors itself keeps quiet of
/// the panic.
pub fn is_decoding() -> bool {
    DECODING.get()
}

/// What [`tracks`] are in `bytes`. Of what no encoder writes, codebooks of Vorbis for one, the decoders are sure to the point of
/// panicking.
fn coded(path: &Path, bytes: Vec<u8>, gaps: bool, tell: &mut dyn FnMut(String)) -> Result<Audio> {
    DECODING.set(true);
    let decoded = catch_unwind(AssertUnwindSafe(|| tracks(path, bytes, gaps, tell)));
    DECODING.set(false);
    decoded.unwrap_or_else(|_| Err(broken(path)))
}

/// What a reader of symphonia's finds in `bytes`, track after track where a file has several in a row: after one of its `gaps`
/// at its own time.
fn tracks(path: &Path, bytes: Vec<u8>, gaps: bool, tell: &mut dyn FnMut(String)) -> Result<Audio> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
        hint.with_extension(extension);
    }
    let mut reader = symphonia::default::get_probe()
        .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(|e| unreadable(path, &e))?;
    let mut audio: Option<Audio> = None;
    loop {
        let track = reader.default_track(TrackType::Audio).ok_or_else(|| no_track(path))?.clone();
        let before = gaps.then(|| audio.as_ref().map_or(0, |audio| audio.samples() as u64));
        let (part, goes_on) = one_track(path, reader.as_mut(), &track, before, tell)?;
        match &mut audio {
            None => audio = Some(part),
            Some(whole) => join(path, whole, part)?,
        }
        if !goes_on {
            return audio.ok_or_else(|| no_track(path));
        }
    }
}

/// All of a track, and whether another follows. Where sample frames of the same sound were `before` it, what is missing between
/// is silent.
fn one_track(
    path: &Path,
    reader: &mut dyn FormatReader,
    track: &Track,
    before: Option<u64>,
    tell: &mut dyn FnMut(String),
) -> Result<(Audio, bool)> {
    let parameters = track.codec_params.as_ref().and_then(|p| p.audio()).ok_or_else(|| no_track(path))?;
    if let (Some(rate_hz), Some(channels)) = (parameters.sample_rate, &parameters.channels) {
        check_format(path, rate_hz, channels.count())?;
    }
    check_packet(path, parameters.max_frames_per_packet.unwrap_or(0))?;
    let mut decoder = decoder(parameters).map_err(|e| unreadable(path, &e))?;
    let mut gathered = Gathered::new(path, track.num_frames.filter(|_| before.is_none())).timed(track, before);
    let goes_on = loop {
        match reader.next_packet() {
            Ok(Some(packet)) if packet.track_id == track.id => gathered.take(decoder.as_mut(), &packet)?,
            Ok(Some(_)) => {}
            Ok(None) => break false,
            Err(DecodeError::ResetRequired) => break true,
            Err(DecodeError::IoError(e)) if e.kind() == ErrorKind::UnexpectedEof => break false,
            Err(e) if gathered.is_empty() => return Err(unreadable(path, &e)),
            Err(e) => {
                tell(format!("not readable beyond {:.2} s ({e})", gathered.seconds()));
                break false;
            }
        }
    };
    Ok((gathered.end(tell)?, goes_on))
}

/// Appends what follows in the same file.
fn join(path: &Path, whole: &mut Audio, part: Audio) -> Result<()> {
    let say = |audio: &Audio| format!("{} Hz and {} channels", audio.rate_hz, audio.channels.len());
    if (part.rate_hz, part.channels.len()) != (whole.rate_hz, whole.channels.len()) {
        let found = format!("{} from {:.2} s on", say(&part), whole.seconds());
        return Err(Error::invalid(path.display(), "format", found, format!("{} as before", say(whole))));
    }
    for (channel, more) in whole.channels.iter_mut().zip(part.channels) {
        channel.extend(more);
    }
    Ok(())
}

fn decoder(parameters: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>, DecodeError> {
    symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default())
}

fn no_track(path: &Path) -> Error {
    Error::unreadable(path, format!("holds no audio track, {EXPECTED}"))
}

fn broken(path: &Path) -> Error {
    Error::unreadable(path, format!("not readable as audio (no encoder writes what is in it), {EXPECTED}"))
}

fn unreadable(path: &Path, error: &DecodeError) -> Error {
    Error::unreadable(path, format!("not readable as audio ({error}), {EXPECTED}"))
}
