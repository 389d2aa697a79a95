//! What a stream is opened with.

use std::ops::RangeInclusive;

use super::Latency;
use super::latency::{Demands, Timing};
use crate::mel::Dialect;
use crate::render::{Format, SpanPlan};
use crate::{Error, Result};

/// What a stream is opened with: all that is fixed until the host activates anew.
#[derive(Clone, Debug)]
pub struct StreamConfig {
    /// The host's sample rate, 1 kHz to 1536 kHz: validators ask for odd ones.
    pub host_rate_hz: u32,
    /// Channels of the main input and output, and of the side chain: 1 or 2.
    pub channels: usize,
    /// The longest block that the host will ask for. A longer one is processed in parts, and then has less time
    /// to compute than the latency allows for.
    pub max_block_frames: usize,
    /// The mel frames that the renderer reads.
    pub dialect: Dialect,
    /// How the stream is cut into windows.
    pub plan: SpanPlan,
    /// The time a chunk has from the moment it is complete (at the end of its block) to the moment it is heard.
    pub budget_ms: f64,
    /// Whether the host says that it renders offline: [`super::Stream::process`] may wait as long as it takes.
    pub offline: bool,
}

/// The longest latency: what is beyond it has no use, and would take gigabytes.
const MOST_LATENCY_MS: f64 = 60_000.0;

/// The most frames in a window: beyond this a plan is a mistake.
const MOST_FRAMES: usize = 1 << 16;

impl StreamConfig {
    /// The sample rates of hosts.
    pub const HOST_RATES_HZ: RangeInclusive<u32> = 1000..=1_536_000;
    /// The longest block that a latency can be made for. Longer ones are processed in parts of it.
    pub const MOST_BLOCK_FRAMES: usize = 1 << 16;

    /// The latency of such a stream to a renderer of `format`.
    pub fn latency(&self, format: Format) -> Latency {
        self.timing(format).latency
    }

    /// Where everything in it happens.
    pub(super) fn timing(&self, format: Format) -> Timing {
        Demands {
            host_rate_hz: self.host_rate_hz,
            format,
            plan: self.plan,
            look_ahead_samples: self.dialect.look_ahead_samples(),
            max_block_frames: self.max_block_frames,
            budget_ms: self.budget_ms,
        }
        .timing()
    }

    /// Checks every field, and that the dialect is what a renderer of `format` reads.
    pub(super) fn validate(&self, format: Format) -> Result<()> {
        let field = |valid: bool, name: &str, found: String, expected: &str| {
            if valid { Ok(()) } else { Err(Error::invalid("stream", name, found, expected)) }
        };
        let (rate, plan) = (self.host_rate_hz, self.plan);
        field(Self::HOST_RATES_HZ.contains(&rate), "host_rate_hz", rate.to_string(), "1000 to 1536000")?;
        field((1..=2).contains(&self.channels), "channels", self.channels.to_string(), "1 or 2")?;
        let block = self.max_block_frames;
        let blocks = 1..=Self::MOST_BLOCK_FRAMES;
        field(blocks.contains(&block), "max_block_frames", block.to_string(), "1 to 65536")?;
        let budget = self.budget_ms;
        field((0.0..=60_000.0).contains(&budget), "budget_ms", budget.to_string(), "0 to 60000")?;
        let frames = [plan.chunk_frames, plan.left_frames, plan.right_frames];
        let in_range = plan.chunk_frames >= 1 && frames.iter().all(|&frames| frames <= MOST_FRAMES);
        field(
            in_range,
            "plan",
            format!("{plan:?}"),
            "chunks of 1 to 65536 frames, with up to 65536 on each side",
        )?;
        self.dialect.validate()?;
        let dialect = (self.dialect.rate_hz, self.dialect.hop, self.dialect.n_mels);
        let of_format = (format.rate_hz, format.hop, format.n_mels);
        let expected = format!("{of_format:?}, the renderer's");
        field(dialect == of_format, "dialect (rate_hz, hop, n_mels)", format!("{dialect:?}"), &expected)?;
        let latency_ms = self.latency(format).total_ms();
        field(latency_ms <= MOST_LATENCY_MS, "latency", format!("{latency_ms:.0} ms"), "at most a minute")
    }
}
