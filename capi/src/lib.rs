//! Remel's library for C: `include/remel.h` has what is exported here, and `examples/` programs that use it.
//!
//! Everything that a C program holds is a pointer to one of [`model::RemelModel`], [`vocoder::RemelVocoder`] and [`stream::RemelStream`], or a struct of plain
//! values. No panic crosses into C, and [`stream::remel_stream_process`] keeps the rules of the audio thread: it allocates nothing and
//! takes no lock.

pub mod audio;
pub mod errors;
pub mod mel;
pub mod model;
pub mod settings;
pub mod stream;
mod text;
pub mod vocoder;
