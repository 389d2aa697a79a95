//! Words of the program: results on standard output, remarks on standard error.

use std::fmt::Arguments;
use std::io::Write;
use std::path::Path;

use remel::{Error, Result};

/// Prints a line to standard output, like `println!`; but where that fails it is an error, not a panic.
macro_rules! print_line {
    ($($arguments:tt)*) => {
        $crate::cli::print::line(format_args!($($arguments)*))
    };
}

/// Prints a line to standard error, like `eprintln!`; but where nobody hears it, nothing happens.
macro_rules! note {
    ($($arguments:tt)*) => {
        $crate::cli::print::remark(format_args!($($arguments)*))
    };
}

pub(crate) use {note, print_line};

/// What [`print_line`] does.
///
/// # Errors
/// Where standard output takes no more: a full disk, a reader that has gone.
pub fn line(text: Arguments<'_>) -> Result<()> {
    // Flushed, so that what cannot be written is known here and not when the program ends.
    let mut stream = std::io::stdout().lock();
    writeln!(stream, "{text}")
        .and_then(|()| stream.flush())
        .map_err(|e| Error::io(Path::new("standard output"), e))
}

/// What [`note`] does.
pub fn remark(text: Arguments<'_>) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
