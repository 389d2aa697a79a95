//! Models.

use std::ffi::{CString, c_char};
use std::ptr::null_mut;
use std::slice;
use std::sync::Arc;

use remel::checkpoint::{self, Bundled, ModelFile};
use remel::mel::Dialect;
use remel::model::Model;
use remel::{Error, Result};

use crate::errors::given;
use crate::text;

/// A model. Any number of vocoders and streams stand on one, and outlive it.
#[derive(Clone)]
pub struct RemelModel {
    pub(crate) model: Arc<Model>,
    name: CString,
    licence: CString,
}

/// Opens a model: the name of a bundled one ("small", "large", "tts"), or the path of a file (Remel's own, or a PyTorch checkpoint of
/// DiffWave or WaveGrad) in UTF-8. `remel_model_free` frees it; NULL where there is no such model.
///
/// # Safety
/// `name` is NULL or ends in a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_model_open(name: *const c_char) -> *mut RemelModel {
    give(|| {
        // SAFETY: as this function's.
        let path = unsafe { text::path("name", name) }?;
        match Bundled::named(&path) {
            Some(bundled) => Ok(bundled.model()),
            None => checkpoint::load(&path, None),
        }
    })
}

/// Opens a model from the bytes of its file, which are copied. `remel_model_free` frees it; NULL where that is no model.
///
/// # Safety
/// `bytes` is NULL or points to `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_model_from_bytes(bytes: *const u8, length: usize) -> *mut RemelModel {
    give(|| {
        if bytes.is_null() || length > isize::MAX as usize {
            return Err(text::null("bytes"));
        }
        // SAFETY: as this function's.
        let bytes = unsafe { slice::from_raw_parts(bytes, length) };
        ModelFile::from_bytes("bytes", bytes.to_vec())?.parse(None)
    })
}

/// Frees a model.
///
/// # Safety
/// `model` is NULL or of this library, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_model_free(model: *mut RemelModel) {
    if !model.is_null() {
        // SAFETY: made by `give`, and the caller says that it is used no more.
        drop(unsafe { Box::from_raw(model) });
    }
}

/// The model's name, in UTF-8, as long as the model is there; NULL without one.
///
/// # Safety
/// `model` is NULL or a model.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_model_name(model: *const RemelModel) -> *const c_char {
    // SAFETY: as this function's.
    unsafe { model.as_ref() }.map_or(std::ptr::null(), |model| model.name.as_ptr())
}

/// The licence of its weights, in UTF-8, as long as the model is there; NULL without one.
///
/// # Safety
/// `model` is NULL or a model.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_model_licence(model: *const RemelModel) -> *const c_char {
    // SAFETY: as this function's.
    unsafe { model.as_ref() }.map_or(std::ptr::null(), |model| model.licence.as_ptr())
}

/// The model's samples per second; 0 without a model.
///
/// # Safety
/// `model` is NULL or a model.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_model_rate_hz(model: *const RemelModel) -> u32 {
    // SAFETY: as this function's.
    unsafe { model.as_ref() }.map_or(0, |model| model.model.header().rate_hz)
}

/// Bands of the mel frames that it reads; 0 where it reads none.
///
/// # Safety
/// `model` is NULL or a model.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_model_n_mels(model: *const RemelModel) -> usize {
    // SAFETY: as this function's.
    unsafe { dialect(model) }.map_or(0, |dialect| dialect.n_mels)
}

/// Samples from mel frame to mel frame; 0 where it reads none.
///
/// # Safety
/// `model` is NULL or a model.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_model_hop(model: *const RemelModel) -> usize {
    // SAFETY: as this function's.
    unsafe { dialect(model) }.map_or(0, |dialect| dialect.hop)
}

/// # Safety
/// `model` is NULL or a model.
unsafe fn dialect<'a>(model: *const RemelModel) -> Option<&'a Dialect> {
    // SAFETY: the caller's.
    unsafe { model.as_ref() }?.model.header().dialect.as_ref()
}

fn give(open: impl FnOnce() -> Result<Model>) -> *mut RemelModel {
    let model = given(|| {
        let model = open()?;
        let card = &model.header().card;
        let text = |text: &str| {
            CString::new(text)
                .map_err(|_| Error::invalid(text.trim_matches('\0'), "card", "a zero byte", "text"))
        };
        let (name, licence) = (text(&card.name)?, text(&card.licence)?);
        Ok(RemelModel { model: Arc::new(model), name, licence })
    });
    model.map_or(null_mut(), |model| Box::into_raw(Box::new(model)))
}
