//! Texts from C.

use std::ffi::{CStr, c_char};
use std::path::PathBuf;

use remel::{Error, Result};

/// The path or name at `text`.
///
/// # Errors
/// It is NULL or no UTF-8; `field` names it.
///
/// # Safety
/// `text` is NULL or a string that ends in a zero.
pub unsafe fn path(field: &str, text: *const c_char) -> Result<PathBuf> {
    if text.is_null() {
        return Err(null(field));
    }
    // SAFETY: the caller's.
    let text = unsafe { CStr::from_ptr(text) };
    let text = text.to_str().map_err(|_| Error::invalid("remel", field, "bytes", "UTF-8"))?;
    Ok(text.into())
}

/// That the argument `field` is NULL.
pub fn null(field: &str) -> Error {
    Error::invalid("remel", field, "NULL", "a pointer")
}
