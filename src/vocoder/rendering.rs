//! The vocoder under a stream, and what stands in for one whose model is not there.

use super::Vocoder;
use super::instance::LIVE_CALLS;
use super::pool::PipelinePool;
use crate::model::ModelHeader;
use crate::network::Rows;
use crate::render::{Format, Render, Window};
use crate::{Error, Result};

/// Frames that are rendered at a time where signals are gone on with: short, so that an urgent chunk does not wait for a
/// long one.
const QUANTUM_FRAMES: usize = 4;

/// The format of a renderer of the model with this `header`.
fn format(header: &ModelHeader, goes_on: bool, side_by_side: usize) -> Format {
    let layout = header.network.layout();
    Format {
        rate_hz: header.rate_hz,
        hop: layout.hop,
        n_mels: layout.n_mels(),
        // What goes on where it stood has no use for frames before that.
        context: header.context(if goes_on { 0 } else { LIVE_CALLS }),
        quantum_frames: goes_on.then_some(QUANTUM_FRAMES),
        side_by_side,
        tail_samples: header.tail_samples(),
        chunk_frames: match layout.rows {
            Rows::Samples => 4,
            Rows::Frames => 1,
        },
    }
}

impl Render for Vocoder {
    fn format(&self) -> Format {
        let side_by_side = self.pool.as_ref().map_or(1, PipelinePool::threads);
        format(self.pipeline.model.header(), self.pipeline.goes_on, side_by_side)
    }

    fn render(&mut self, windows: &[&Window], out: &mut [Vec<f32>]) -> Result<()> {
        self.render_windows(windows, out, &mut || ())
    }

    fn forget(&mut self, signal: u64) {
        self.signals.forget(signal);
    }
}

/// What stands in for a model that is not there: a stream to it has the latency of one to the model, and its dry sound is
/// heard.
pub struct StandIn {
    name: String,
    format: Format,
}

impl StandIn {
    /// That of the model with this `header`, which comes from `place`.
    ///
    /// # Errors
    /// Names `place` and the field that no model has.
    pub fn new(place: &str, header: &ModelHeader) -> Result<Self> {
        header.validate(place)?;
        let format = format(header, header.network.layout().causal, 1);
        Ok(Self { name: header.card.name.clone(), format })
    }
}

impl Render for StandIn {
    fn format(&self) -> Format {
        self.format
    }

    fn render(&mut self, _windows: &[&Window], _out: &mut [Vec<f32>]) -> Result<()> {
        Err(Error::invalid(&self.name, "weights", "none", "those of the model"))
    }
}
