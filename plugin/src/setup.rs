//! What the host fixes, and the stream that suits it.

use crate::choices::LatencyMode;
use crate::model::Model;
use crate::shared::{EngineLease, RendererLease};
use remel::Result;
use remel::stream::StreamConfig;
use remel::vocoder::chunk_frames;

/// What the host fixes at activation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setup {
    /// The host's sample rate.
    pub rate_hz: u32,
    /// Channels of the main input and output, and of the side chain.
    pub channels: usize,
    /// The longest block.
    pub max_block_samples: usize,
    /// Whether the host renders offline.
    pub offline: bool,
    /// Whether the latency may change at any time, because nobody compensates for it.
    pub free_latency: bool,
}

impl Setup {
    /// Chunk, look-ahead and compute budget, as the latency `mode` wants them for `model`, which `renderer` renders.
    ///
    /// # Errors
    /// The engine has stopped.
    pub fn stream(
        &self,
        mode: LatencyMode,
        engine: &EngineLease,
        renderer: &RendererLease,
        model: &Model,
    ) -> Result<StreamConfig> {
        let frames = match mode {
            LatencyMode::Live => chunk_frames::LIVE,
            LatencyMode::Balanced => chunk_frames::BALANCED,
            LatencyMode::Studio => chunk_frames::STUDIO,
        };
        let mut plan = engine.engine().plan(renderer.key(), frames)?;
        plan.right_frames = plan.right_frames.min(most_right_frames(mode, model.reach_frames()));
        let dialect = model.card().dialect;
        // A renderer that keeps up needs no longer for a chunk than the chunk lasts.
        let budget_ms = 1e3 * (plan.chunk_frames * dialect.hop) as f64 / f64::from(dialect.rate_hz);
        Ok(StreamConfig {
            host_rate_hz: self.rate_hz,
            channels: self.channels,
            max_block_frames: self.max_block_samples,
            dialect,
            plan,
            budget_ms,
            offline: self.offline,
        })
    }
}

/// Most frames of look-ahead in a latency mode for a model that cannot do without `reach_frames` of them: a network that
/// looks far ahead is cut short, but never what a causal one needs.
pub fn most_right_frames(mode: LatencyMode, reach_frames: usize) -> usize {
    match mode {
        LatencyMode::Live => 4 + reach_frames,
        LatencyMode::Balanced => 8 + reach_frames,
        LatencyMode::Studio => usize::MAX,
    }
}
