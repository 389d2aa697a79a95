//! Mel frames: against the originals, from one dialect to another, and from files.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod conversion;
mod files;
mod parity;
