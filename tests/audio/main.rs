//! Sound files: formats, and damage in them.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod damaged;
mod formats;
