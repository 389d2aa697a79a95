//! Values of a configuration that are where they have to be.

use std::fmt::{Debug, Display};
use std::ops::RangeInclusive;

use crate::{Error, Result};

/// Refuses a value outside `range`; a value that is not a number is outside of every range.
pub fn within<T: PartialOrd + Display>(
    place: &str,
    field: &str,
    value: T,
    range: RangeInclusive<T>,
) -> Result<()> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(Error::invalid(place, field, value, format!("{} to {}", range.start(), range.end())))
}

/// Refuses what is no `[least, most]` within ±`limit`.
pub fn span(place: &str, field: &str, [least, most]: [f64; 2], limit: f64) -> Result<()> {
    if -limit <= least && least <= most && most <= limit {
        return Ok(());
    }
    let expected = format!("[least, most] within -{limit} and {limit}");
    Err(Error::invalid(place, field, format!("[{least}, {most}]"), expected))
}

/// What is found where it is not the default.
pub fn other<T: PartialEq + Debug>(found: &T, default: &T) -> Option<String> {
    (found != default).then(|| format!("{found:?}").to_lowercase())
}
