//! Schedules and samplers against the originals.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod schedules;
mod sigma;
