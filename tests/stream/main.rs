//! Streams, with a renderer that is none.

mod batches;
mod engine;
mod failures;
mod laws;
mod levels;
mod silence;
#[path = "../stream_fake/mod.rs"]
mod stream_fake;
