//! Mel frames in UDP packets: what is read, what is counted, and that nothing that comes disturbs a stream.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

#[path = "../heap/mod.rs"]
mod heap;
mod packets;
mod ports;
#[path = "../stream_fake/mod.rs"]
mod stream_fake;
