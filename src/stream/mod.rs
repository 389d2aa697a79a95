//! Vocoding under an audio callback: chunks go to a worker and come back at a fixed latency.
//!
//! ```text
//! StreamAudio::process                                                          (the audio thread)
//!   resampler ─ chunker (mel frames, edit) ─ link ──► worker: batch ─ station ─ Render   (the engine's)
//!   mix ◄ resampler ◄ gate ◄ output  ◄────── link ◄──
//! ```
//!
//! Every chunk carries its absolute position, so what comes late is dropped in part and never shifted: the latency
//! ([`Latency`]) is one fixed sum. This module knows nothing of networks: only the [`Render`] trait, which its tests
//! fake.

mod batch;
mod chunker;
mod clock;
mod config;
mod controls;
mod dry;
mod edit;
mod engine;
mod fallback;
mod latency;
mod link;
mod mix;
mod model_rate;
mod monitor;
mod output;
mod rates;
mod render;
mod resampler;
mod sinc;
mod slot;
mod station;
#[expect(clippy::module_inception, reason = "the stream itself, next to its parts")]
mod stream;
mod worker;

#[cfg(test)]
mod tests;

pub use config::StreamConfig;
pub use controls::{Carrier, Controls, MelFrom, OnUnderrun};
pub use edit::MelEdit;
pub use engine::{Engine, EngineStatus, RendererKey, RendererState, RendererStatus};
pub use latency::{Latency, LatencyTerm};
pub use monitor::{MelTap, StreamMonitor};
pub use render::{Format, Render, RenderSettings, Window};
pub use slot::{StreamSlot, StreamSupply};
pub use stream::{Stream, StreamAudio};
