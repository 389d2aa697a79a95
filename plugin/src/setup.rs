//! What the host fixes, and the stream that suits it.

use crate::shared::{EngineLease, RendererLease};
use nice_plug::prelude::{AudioIOLayout, BufferConfig, ProcessMode};
use remel::mel::Dialect;
use remel::render::Format;
use remel::stream::{LatencyMode, StreamConfig};
use remel::{Error, Result};

/// The longest block that the wrapper sets memory aside for, 8 MB of it.
const MOST_BLOCK_SAMPLES: u32 = 1 << 20;

/// What the host fixes at activation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setup {
    /// The host's sample rate.
    pub rate_hz: u32,
    /// Channels of the main input and output, and of the side chain.
    pub channels: usize,
    /// The longest block, or the longest part of one that is processed at once.
    pub max_block_samples: usize,
    /// Whether the host renders offline.
    pub offline: bool,
    /// Whether the latency may change at any time, because nobody compensates for it.
    pub free_latency: bool,
}

impl Setup {
    /// What many hosts have, for figures before one has said.
    pub const USUAL: Self =
        Self { rate_hz: 48_000, channels: 2, max_block_samples: 512, offline: false, free_latency: false };

    /// What `layout` and `buffer` say.
    ///
    /// # Errors
    /// No stream can be opened for that.
    pub fn of(layout: &AudioIOLayout, buffer: &BufferConfig, free_latency: bool) -> Result<Self> {
        // What is no number becomes 0.
        let rate_hz = buffer.sample_rate.round() as u32;
        if !StreamConfig::HOST_RATES_HZ.contains(&rate_hz) {
            let (lowest, highest) = StreamConfig::HOST_RATES_HZ.into_inner();
            let expected = format!("{lowest} to {highest} Hz");
            return Err(Error::invalid("host", "sample rate", buffer.sample_rate, expected));
        }
        let block_samples = buffer.max_buffer_size;
        if !(1..=MOST_BLOCK_SAMPLES).contains(&block_samples) {
            let expected = format!("1 to {MOST_BLOCK_SAMPLES} samples");
            return Err(Error::invalid("host", "longest block", block_samples, expected));
        }
        Ok(Self {
            rate_hz,
            channels: layout.main_output_channels.map_or(0, |channels| channels.get() as usize),
            max_block_samples: (block_samples as usize).min(StreamConfig::MOST_BLOCK_FRAMES),
            offline: buffer.process_mode == ProcessMode::Offline,
            free_latency,
        })
    }

    /// The stream that the latency `mode` wants to a renderer of this `format`, which reads mel frames of `dialect`.
    pub fn stream_to(&self, mode: LatencyMode, format: &Format, dialect: &Dialect) -> StreamConfig {
        let plan = mode.plan(format);
        StreamConfig {
            host_rate_hz: self.rate_hz,
            channels: self.channels,
            max_block_frames: self.max_block_samples,
            dialect: dialect.clone(),
            budget_ms: LatencyMode::budget_ms(&plan, format),
            plan,
            offline: self.offline,
        }
    }

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
        Ok(self.stream_to(mode, &format(engine, renderer)?, dialect))
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
        let latency = |mode| self.stream_to(mode, &format, dialect).latency(format).total_ms();
        Ok(LatencyMode::ALL.map(latency))
    }
}

/// The format of `renderer`.
fn format(engine: &EngineLease, renderer: &RendererLease) -> Result<Format> {
    engine.engine().format(renderer.key()).ok_or_else(|| {
        Error::invalid("engine", "renderer", renderer.key(), "a key that a renderer is registered under")
    })
}
