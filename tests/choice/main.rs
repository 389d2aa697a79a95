//! Which device renders: how it is measured, and what is kept of that.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

#[cfg(feature = "gpu")]
#[path = "../device/mod.rs"]
mod device;
mod kept;
mod measured;
mod models;
