//! BandWave: against PyTorch, by ear, and in streams.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

#[cfg(feature = "gpu")]
#[path = "../device/mod.rs"]
mod device;
#[path = "../difference/mod.rs"]
mod difference;
mod parity;
#[path = "../random/mod.rs"]
mod random;
mod sound;
mod stream;
