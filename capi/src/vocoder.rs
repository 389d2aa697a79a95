//! Whole files and mels.

use std::ptr::null_mut;

use remel::audio::Audio;
use remel::vocoder::Vocoder;

use crate::audio::{RemelAudio, give, taken};
use crate::errors::{RemelStatus, given, status};
use crate::mel::{RemelMel, taken as mel_taken};
use crate::model::RemelModel;
use crate::settings::{RemelBackend, RemelSettings};
use crate::text;

/// A model on a device, for whole sounds.
pub struct RemelVocoder {
    model: RemelModel,
    vocoder: Vocoder,
}

/// A vocoder with `model` on `backend`, where that is the CPU with `threads` threads. `remel_vocoder_free` frees it; NULL where the
/// device does not answer.
///
/// # Safety
/// `model` is NULL or a model.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_vocoder_new(
    model: *const RemelModel,
    backend: RemelBackend,
    threads: usize,
) -> *mut RemelVocoder {
    let vocoder = given(|| {
        // SAFETY: as this function's.
        let model = unsafe { model.as_ref() }.ok_or_else(|| text::null("model"))?.clone();
        let vocoder = Vocoder::with_threads(model.model.clone(), &backend.found()?, threads)?;
        Ok(RemelVocoder { model, vocoder })
    });
    vocoder.map_or(null_mut(), |vocoder| Box::into_raw(Box::new(vocoder)))
}

/// Frees a vocoder.
///
/// # Safety
/// `vocoder` is NULL or of this library, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_vocoder_free(vocoder: *mut RemelVocoder) {
    if !vocoder.is_null() {
        // SAFETY: made by `remel_vocoder_new`, and the caller says that it is used no more.
        drop(unsafe { Box::from_raw(vocoder) });
    }
}

/// Vocodes `input` into `output`, which has its rate, channels and length.
///
/// Mel frames come from `mel_from`, or of `input` where that is NULL; what is noised where the strength is below 1 is `carrier`, or
/// `input`. `settings` may be NULL. `remel_audio_free` frees what is written to `output`.
///
/// # Safety
/// Every pointer is NULL or what it says; `output` may be written to. What it held before is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_vocoder_vocode(
    vocoder: *mut RemelVocoder,
    input: *const RemelAudio,
    mel_from: *const RemelAudio,
    carrier: *const RemelAudio,
    settings: *const RemelSettings,
    output: *mut RemelAudio,
) -> RemelStatus {
    status(|| {
        // SAFETY: as this function's.
        let vocoder = unsafe { vocoder.as_mut() }.ok_or_else(|| text::null("vocoder"))?;
        // SAFETY: as this function's.
        let input = unsafe { taken("input", input) }?;
        let other = |field, audio: *const RemelAudio| {
            // SAFETY: as this function's.
            (!audio.is_null()).then(|| unsafe { taken(field, audio) }).transpose()
        };
        let (mel_from, carrier) = (other("mel_from", mel_from)?, other("carrier", carrier)?);
        // SAFETY: as this function's.
        let file = unsafe { RemelSettings::at(settings) }.of_file();
        let (mel_from, carrier) = (mel_from.as_ref(), carrier.as_ref());
        let made = vocoder.vocoder.vocode(&input, mel_from, carrier, &file, &mut |_, _| ())?;
        // SAFETY: as this function's.
        unsafe { give(made, output) }
    })
}

/// Makes the sound of `mel`, of the vocoder's model, at the model's rate. `settings` may be NULL. `remel_audio_free` frees what is
/// written to `output`.
///
/// # Safety
/// Every pointer is NULL or what it says; `output` may be written to. What it held before is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_vocoder_synthesize(
    vocoder: *mut RemelVocoder,
    mel: *const RemelMel,
    settings: *const RemelSettings,
    output: *mut RemelAudio,
) -> RemelStatus {
    status(|| {
        // SAFETY: as this function's.
        let vocoder = unsafe { vocoder.as_mut() }.ok_or_else(|| text::null("vocoder"))?;
        // SAFETY: as this function's.
        let (mel, settings) = unsafe { (mel_taken(&vocoder.model, mel)?, RemelSettings::at(settings)) };
        let request = settings.of_file().request;
        let samples = vocoder.vocoder.synthesize(&mel, &[], &request, &mut |_, _| ())?;
        // SAFETY: as this function's.
        unsafe { give(Audio::mono(vocoder.model.model.header().rate_hz, samples), output) }
    })
}
