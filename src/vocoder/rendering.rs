//! The vocoder under a stream.

use super::Vocoder;
use super::instance::LIVE_CALLS;
use super::pool::PipelinePool;
use crate::Result;
use crate::network::Rows;
use crate::render::{Format, Render, Window};

/// Frames that are rendered at a time where signals are gone on with: short, so that an urgent chunk does not wait for a
/// long one.
const QUANTUM_FRAMES: usize = 4;

impl Render for Vocoder {
    fn format(&self) -> Format {
        Format {
            rate_hz: self.pipeline.model.header().rate_hz,
            hop: self.pipeline.layout.hop,
            n_mels: self.pipeline.layout.n_mels(),
            // What goes on where it stood has no use for frames before that.
            context: self.pipeline.model.context(if self.pipeline.goes_on { 0 } else { LIVE_CALLS }),
            quantum_frames: self.pipeline.goes_on.then_some(QUANTUM_FRAMES),
            side_by_side: self.pool.as_ref().map_or(1, PipelinePool::threads),
            tail_samples: self.pipeline.tail_samples,
            chunk_frames: match self.pipeline.layout.rows {
                Rows::Samples => 4,
                Rows::Frames => 1,
            },
        }
    }

    fn render(&mut self, windows: &[&Window], out: &mut [Vec<f32>]) -> Result<()> {
        self.render_windows(windows, out, &mut || ())
    }

    fn forget(&mut self, signal: u64) {
        self.signals.forget(signal);
    }
}
