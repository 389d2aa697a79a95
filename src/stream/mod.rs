//! Vocoding under an audio callback: chunks go to a worker and come back at a fixed latency.
//!
//! ```text
//! Stream::process                                                               (the audio thread)
//!   resampler ─ chunker (mel frames, edit) ─ link ──► worker: queue ─ failover ─ Render  (the engine's)
//!   mix ◄ resampler ◄ gate ◄ output  ◄────── link ◄──
//! ```
//!
//! Mel frames may also come from outside ([`MelFeed`]): a jitter buffer hands one over for each frame of the stream.
//!
//! Every chunk carries its absolute position, so what comes late is dropped in part and never shifted: the latency
//! ([`Latency`]) is one fixed sum. This module knows nothing of networks: only the [`Render`] trait, which its tests
//! fake.
//!
//! [`Render`]: crate::render::Render

mod callback;
mod chunker;
mod clock;
mod config;
mod controls;
mod dry;
mod engine;
mod failover;
mod feed;
mod feed_counts;
mod gate;
mod input;
mod jitter;
mod latency;
mod latency_mode;
mod link;
mod mix;
mod model_rate;
mod monitor;
mod output;
mod queue;
mod quiet;
mod rates;
mod resampler;
mod sinc;
mod slot;
mod status;
mod worker;

#[cfg(test)]
mod tests;

pub use callback::Stream;
pub use config::StreamConfig;
pub use controls::{Carrier, Controls, MelFrom, MixSettings, OnUnderrun};
pub use engine::Engine;
pub use feed::{FeedRefusal, MelFeed};
pub use feed_counts::FeedCounts;
pub use latency::{Latency, LatencyTerm};
pub use latency_mode::LatencyMode;
pub use monitor::{Levels, MelTap, StreamMonitor};
pub use slot::{StreamSlot, StreamSupply};
pub use status::{EngineStatus, RendererKey, RendererState, RendererStatus};
