//! Vocoding under an audio callback: chunks go to a worker and come back at a fixed latency.
//!
//! This module knows nothing of networks: only the [`Render`] trait, which its tests fake.

mod render;

pub use render::{Format, Render, RenderSettings, Window};
