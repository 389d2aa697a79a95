//! Which device renders: how it is measured, and what is kept of that.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod kept;
mod measured;
mod models;
#[cfg(feature = "gpu")]
#[path = "../skipped/mod.rs"]
mod skipped;
