//! Audio in and out.

use std::ffi::c_char;
use std::{ptr, slice};

use remel::audio::Audio;
use remel::{Error, Result};

use crate::errors::{RemelStatus, status};
use crate::text;

/// Audio: `channels` runs of `frames` samples each, one after another, in −1 to 1.
#[repr(C)]
#[derive(Debug)]
pub struct RemelAudio {
    /// The samples. Where the library gave them, `remel_audio_free` frees them.
    pub samples: *mut f32,
    /// How many channels there are.
    pub channels: usize,
    /// Samples of each.
    pub frames: usize,
    /// Samples per second.
    pub rate_hz: u32,
}

/// Reads a file of audio (WAV, FLAC, Ogg Vorbis, MP3, MPEG-4, AIFF, CAF, AU) at `path`, in UTF-8.
///
/// # Safety
/// `path` is NULL or ends in a zero; `audio` is NULL or may be written to. What it held before is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_audio_read(path: *const c_char, audio: *mut RemelAudio) -> RemelStatus {
    status(|| {
        // SAFETY: as this function's.
        let path = unsafe { text::path("path", path) }?;
        let read = Audio::read(&path)?;
        // SAFETY: as this function's.
        unsafe { give(read, audio) }
    })
}

/// Writes `audio` to `path` as WAV of 32-bit floats, which appears whole or not at all.
///
/// # Safety
/// `audio` is NULL or as it says of itself; `path` is NULL or ends in a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_audio_write_wav(audio: *const RemelAudio, path: *const c_char) -> RemelStatus {
    status(|| {
        // SAFETY: as this function's.
        let (audio, path) = unsafe { (taken("audio", audio)?, text::path("path", path)?) };
        audio.write_wav(&path)
    })
}

/// Frees the samples that the library gave, and leaves an empty struct.
///
/// # Safety
/// `audio` is NULL, or the library filled it, and nobody has changed it since.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_audio_free(audio: *mut RemelAudio) {
    // SAFETY: as this function's.
    let Some(audio) = (unsafe { audio.as_mut() }) else { return };
    if !audio.samples.is_null() {
        // SAFETY: the library made it of a boxed slice of this length.
        drop(unsafe {
            Box::from_raw(ptr::slice_from_raw_parts_mut(audio.samples, audio.channels * audio.frames))
        });
    }
    *audio = RemelAudio { samples: ptr::null_mut(), channels: 0, frames: 0, rate_hz: audio.rate_hz };
}

/// Copies the audio that C has at `audio`.
///
/// # Errors
/// It is NULL or empty; `field` names it.
///
/// # Safety
/// `audio` is NULL or as it says of itself.
pub(crate) unsafe fn taken(field: &str, audio: *const RemelAudio) -> Result<Audio> {
    // SAFETY: the caller's.
    let audio = unsafe { audio.as_ref() }.ok_or_else(|| text::null(field))?;
    let values = audio.channels.checked_mul(audio.frames).filter(|values| *values <= isize::MAX as usize / 4);
    let (false, Some(values @ 1..), 1..) = (audio.samples.is_null(), values, audio.rate_hz) else {
        let found = format!("{} channels of {} frames at {} Hz", audio.channels, audio.frames, audio.rate_hz);
        return Err(Error::invalid("remel", field, found, "samples"));
    };
    // SAFETY: the caller says so.
    let samples = unsafe { slice::from_raw_parts(audio.samples, values) };
    Ok(Audio { rate_hz: audio.rate_hz, channels: samples.chunks(audio.frames).map(<[f32]>::to_vec).collect() })
}

/// Gives `audio` to C at `place`.
///
/// # Errors
/// `place` is NULL.
///
/// # Safety
/// `place` is NULL or may be written to.
pub(crate) unsafe fn give(audio: Audio, place: *mut RemelAudio) -> Result<()> {
    let (channels, frames, rate_hz) = (audio.channels.len(), audio.samples(), audio.rate_hz);
    let samples = Box::into_raw(audio.channels.concat().into_boxed_slice()).cast();
    let given = RemelAudio { samples, channels, frames, rate_hz };
    // SAFETY: the caller's.
    match unsafe { place.as_mut() } {
        Some(place) => {
            *place = given;
            Ok(())
        }
        None => {
            let mut given = given;
            // SAFETY: made above.
            unsafe { remel_audio_free(&mut given) };
            Err(text::null("audio"))
        }
    }
}
