//! BandWave: against PyTorch, by ear, and in streams.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod parity;
#[path = "../random/mod.rs"]
mod random;
#[cfg(feature = "gpu")]
#[path = "../skipped/mod.rs"]
mod skipped;
mod sound;
mod stream;
