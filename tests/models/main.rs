//! Model files, our own and others'.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod checkpoints;
mod class_names;
mod classes;
#[path = "../difference/mod.rs"]
mod difference;
mod headers;
#[path = "../live/mod.rs"]
mod live;
