//! Mel frames in and out.

use std::{ptr, slice};

use remel::mel::{Mel, mel_of};
use remel::{Error, Result};

use crate::audio::{RemelAudio, taken as audio_taken};
use crate::errors::{RemelStatus, status};
use crate::model::RemelModel;
use crate::text;

/// Mel frames: `n_mels` runs of `frames` values each, low bands first, as arrays of other programs have them.
#[repr(C)]
#[derive(Debug)]
pub struct RemelMel {
    /// The values. Where the library gave them, `remel_mel_free` frees them.
    pub bands: *mut f32,
    /// Bands of a frame.
    pub n_mels: usize,
    /// How many frames there are.
    pub frames: usize,
}

/// The mel frames of all channels of `audio` together, as `model` reads them.
///
/// # Safety
/// `model` and `audio` are NULL or what they say; `mel` is NULL or may be written to. What it held before is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_mel_of(
    model: *const RemelModel,
    audio: *const RemelAudio,
    mel: *mut RemelMel,
) -> RemelStatus {
    status(|| {
        // SAFETY: as this function's.
        let model = unsafe { model.as_ref() }.ok_or_else(|| text::null("model"))?;
        // SAFETY: as this function's.
        let (audio, mel) = unsafe { (audio_taken("audio", audio)?, mel.as_mut()) };
        let mel = mel.ok_or_else(|| text::null("mel"))?;
        let dialect = model.model.dialect()?;
        let made = mel_of(&audio.resampled(dialect.rate_hz).to_mono(), dialect)?;
        let bands = Box::into_raw(made.to_bands().into_boxed_slice()).cast();
        *mel = RemelMel { bands, n_mels: made.n_mels(), frames: made.frames() };
        Ok(())
    })
}

/// Frees the values that the library gave, and leaves an empty struct.
///
/// # Safety
/// `mel` is NULL, or the library filled it, and nobody has changed it since.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_mel_free(mel: *mut RemelMel) {
    // SAFETY: as this function's.
    let Some(mel) = (unsafe { mel.as_mut() }) else { return };
    if !mel.bands.is_null() {
        // SAFETY: the library made it of a boxed slice of this length.
        drop(unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(mel.bands, mel.n_mels * mel.frames)) });
    }
    *mel = RemelMel { bands: ptr::null_mut(), n_mels: mel.n_mels, frames: 0 };
}

/// Copies the frames that C has at `mel`, if `model` can render them.
///
/// # Errors
/// It is NULL or empty, has other bands than the model, or values that no frame has.
///
/// # Safety
/// `mel` is NULL or as it says of itself.
pub(crate) unsafe fn taken(model: &RemelModel, mel: *const RemelMel) -> Result<Mel> {
    // SAFETY: the caller's.
    let mel = unsafe { mel.as_ref() }.ok_or_else(|| text::null("mel"))?;
    let n_mels = model.model.dialect()?.n_mels;
    let values = mel.n_mels.checked_mul(mel.frames).filter(|values| *values <= isize::MAX as usize / 4);
    let (false, Some(values @ 1..), true) = (mel.bands.is_null(), values, mel.n_mels == n_mels) else {
        let found = format!("{} bands of {} frames", mel.n_mels, mel.frames);
        return Err(Error::invalid("remel", "mel", found, format!("frames of {n_mels} bands")));
    };
    // SAFETY: the caller says so.
    let bands = unsafe { slice::from_raw_parts(mel.bands, values) };
    Ok(model.model.dialect()?.receive("mel", bands)?.mel)
}
