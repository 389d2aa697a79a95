//! Training: from audio to a model file.
//!
//! [`config`] reads what is to be trained, [`data`] gives crops of audio by their number, and [`report`] writes down
//! how it goes.

pub mod config;
pub mod data;
pub mod report;
