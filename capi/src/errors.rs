//! How functions fail.

use std::cell::RefCell;
use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use remel::{Error, Result};

/// How a function ended.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemelStatus {
    /// All is well.
    Ok = 0,
    /// The operating system refused a file.
    Io = 1,
    /// An argument, or a value in a file, is not what it has to be.
    Invalid = 2,
    /// A file cannot be read as what it should be.
    Unreadable = 3,
    /// The device that renders failed or is missing.
    Device = 4,
    /// A mistake in the library.
    Internal = 5,
}

thread_local! {
    static LAST: RefCell<CString> = RefCell::default();
}

/// What the latest failure of this thread was, in one line of UTF-8: empty before the first. Valid until the thread's next failure.
#[unsafe(no_mangle)]
pub extern "C" fn remel_last_error() -> *const c_char {
    LAST.with_borrow(|last| last.as_ptr())
}

/// The library's version, such as "0.1.0".
#[unsafe(no_mangle)]
pub extern "C" fn remel_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}

/// What `work` gives; none where it fails, after which [`remel_last_error`] tells why.
pub(crate) fn given<T>(work: impl FnOnce() -> Result<T>) -> Option<T> {
    attempt(work).ok()
}

/// How `work` ends.
pub(crate) fn status(work: impl FnOnce() -> Result<()>) -> RemelStatus {
    attempt(work).err().unwrap_or(RemelStatus::Ok)
}

fn attempt<T>(work: impl FnOnce() -> Result<T>) -> Result<T, RemelStatus> {
    // What a panic leaves unfinished is an object that the caller is told not to trust.
    let answer = catch_unwind(AssertUnwindSafe(work));
    let (status, message) = match answer {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => (status_of(&error), error.to_string()),
        Err(_) => (RemelStatus::Internal, "remel: a mistake in the library".to_owned()),
    };
    LAST.with_borrow_mut(|last| *last = CString::new(message.replace('\0', " ")).unwrap_or_default());
    Err(status)
}

fn status_of(error: &Error) -> RemelStatus {
    match error {
        Error::Io { .. } => RemelStatus::Io,
        Error::Invalid { .. } => RemelStatus::Invalid,
        Error::Unreadable { .. } => RemelStatus::Unreadable,
        Error::Device { .. } => RemelStatus::Device,
        _ => RemelStatus::Internal,
    }
}
