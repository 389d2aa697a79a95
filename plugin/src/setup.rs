//! What the host fixes, and the stream that suits it.

use crate::shared::{EngineLease, RendererLease};
use remel::mel::Dialect;
use remel::render::Format;
use remel::stream::{LatencyMode, StreamConfig};
use remel::{Error, Result};

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
    /// The stream that the latency `mode` wants to `renderer`, which reads mel frames of `dialect`.
    ///
    /// # Errors
    /// The engine has stopped.
    pub fn stream(
        &self,
        mode: LatencyMode,
        engine: &EngineLease,
        renderer: &RendererLease,
        dialect: &Dialect,
    ) -> Result<StreamConfig> {
        let format = format(engine, renderer)?;
        let plan = mode.plan(&format);
        Ok(StreamConfig {
            host_rate_hz: self.rate_hz,
            channels: self.channels,
            max_block_frames: self.max_block_samples,
            dialect: dialect.clone(),
            budget_ms: LatencyMode::budget_ms(&plan, &format),
            plan,
            offline: self.offline,
        })
    }

    /// What each latency mode costs, in milliseconds, the shortest first.
    ///
    /// # Errors
    /// The engine has stopped.
    pub fn latencies_ms(
        &self,
        engine: &EngineLease,
        renderer: &RendererLease,
        dialect: &Dialect,
    ) -> Result<[f64; 3]> {
        let format = format(engine, renderer)?;
        let mut latencies_ms = [0.0; 3];
        for (ms, mode) in latencies_ms.iter_mut().zip(LatencyMode::ALL) {
            *ms = self.stream(mode, engine, renderer, dialect)?.latency(format).total_ms();
        }
        Ok(latencies_ms)
    }
}

/// The format of `renderer`.
fn format(engine: &EngineLease, renderer: &RendererLease) -> Result<Format> {
    engine.engine().format(renderer.key()).ok_or_else(|| {
        Error::invalid("engine", "renderer", renderer.key(), "a key that a renderer is registered under")
    })
}
