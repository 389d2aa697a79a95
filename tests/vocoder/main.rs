//! What a vocoder makes: in windows and streams, in stereo, with phases and priors.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod counting;
mod gaps;
#[path = "../live/mod.rs"]
mod live;
mod phase;
mod prior;
mod state;
mod stereo;
mod stream;
