//! The one error type of the library: every message is one line that names what is wrong, where, and what was
//! expected instead.

use std::any::Any;
use std::fmt::Display;
use std::path::Path;

/// What went wrong, in one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused a file.
    #[error("{path}: {error}")]
    Io {
        /// The file's path as the user gave it.
        path: String,
        /// The system's answer.
        error: std::io::Error,
    },
    /// A value is not what it has to be.
    #[error("{place}: {field}: found {found}, expected {expected}")]
    Invalid {
        /// The file, argument or model that holds the value.
        place: String,
        /// The field, tensor or parameter.
        field: String,
        /// What is there.
        found: String,
        /// What has to be there.
        expected: String,
    },
    /// A file that cannot be read as what it should be.
    #[error("{path}: {reason}")]
    Unreadable {
        /// The file's path as the user gave it.
        path: String,
        /// Why, and what was expected.
        reason: String,
    },
    /// The device that renders failed or is missing.
    #[error("{device}: {reason}")]
    Device {
        /// The device's name.
        device: String,
        /// The backend's answer.
        reason: String,
    },
}

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An [`Error::Io`] for `path`.
    pub fn io(path: &Path, error: std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), error }
    }

    /// An [`Error::Invalid`]: `place: field: found …, expected …`.
    pub fn invalid(
        place: impl Display,
        field: impl Display,
        found: impl Display,
        expected: impl Display,
    ) -> Self {
        Self::Invalid {
            place: place.to_string(),
            field: one_line(&field),
            found: one_line(&found),
            expected: one_line(&expected),
        }
    }

    /// The error of a part, said of its `field` in `place`.
    pub fn within(self, place: &str, field: &str) -> Self {
        match self {
            Self::Invalid { field: inner, found, expected, .. } => {
                Self::invalid(place, format!("{field}.{inner}"), found, expected)
            }
            other => other,
        }
    }

    /// An [`Error::Unreadable`] for `path`.
    pub fn unreadable(path: &Path, reason: impl Display) -> Self {
        Self::Unreadable { path: path.display().to_string(), reason: one_line(&reason) }
    }

    /// An [`Error::Device`] for what `device` panicked with, in one line.
    pub fn panicked(device: impl Display, panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it panicked");
        let reason = text.lines().collect::<Vec<_>>().join(" ");
        Self::Device { device: device.to_string(), reason }
    }
}

/// Characters of a part of a message: a file may name anything at any length.
const MOST_CHARACTERS: usize = 400;

/// `part` without line breaks and other control characters, and not without end.
fn one_line(part: &impl Display) -> String {
    let text = part.to_string();
    let mut line: String =
        text.chars().take(MOST_CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.len() < text.len() {
        line.push('…');
    }
    line
}
