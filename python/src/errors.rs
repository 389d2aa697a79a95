//! The library's errors as Python's.

use pyo3::PyErr;
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use remel::Error;

/// `OSError` where the system refused a file, `ValueError` where a value or a file is not what it should be, `RuntimeError` where a
/// device failed; each with the library's line.
pub fn raised(error: Error) -> PyErr {
    let line = error.to_string();
    match error {
        Error::Io { .. } => PyOSError::new_err(line),
        Error::Invalid { .. } | Error::Unreadable { .. } => PyValueError::new_err(line),
        _ => PyRuntimeError::new_err(line),
    }
}
