//! What the stream asks of whatever makes sound from mel frames.

use std::ops::Range;

use crate::{Result, diffusion::SpanPlan, mel::Mel};

/// The time base of a renderer: what the stream has to know of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// The model's sample rate.
    pub rate_hz: u32,
    /// Samples per mel frame.
    pub hop: usize,
    /// Bands per mel frame.
    pub n_mels: usize,
    /// Whether noise at a position depends on nothing but the past: the last frames of a window need no
    /// right context then (beyond the conditioner's).
    pub causal: bool,
}

/// What of the user's controls shapes the sound of one window. Read once per chunk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RenderSettings {
    /// Network evaluations; 0 takes the model's own schedule.
    pub steps: u32,
    /// Scale of every Gaussian.
    pub temperature: f32,
    /// How far the carrier is noised, 0 to 1; 1 is pure noise and needs no carrier.
    pub strength: f32,
    /// Which noise.
    pub seed: u64,
    /// Share of the sound whose phases are reconstructed, 0 to 1, where the model says how.
    pub coherence: f32,
}

impl Default for RenderSettings {
    fn default() -> Self {
        Self { steps: 0, temperature: 1.0, strength: 1.0, seed: 0, coherence: 1.0 }
    }
}

/// One window to render: some mel frames at an absolute position, and how.
#[derive(Clone, Debug)]
pub struct Window {
    /// Which signal it is of: the channels of one life of one stream share a number, and no two signals have the same.
    pub signal: u64,
    /// Frames since the last reset of the stream at the window's first frame; noise is addressed by
    /// `first_frame · hop + sample`.
    pub first_frame: u64,
    /// The window's mel frames.
    pub mel: Mel,
    /// Those of the frames whose sound is wanted; the others are their context.
    pub output_frames: Range<usize>,
    /// What the noise replaces where `strength` is below 1: as many samples as the window has, or empty.
    pub carrier: Vec<f32>,
    /// The user's controls.
    pub settings: RenderSettings,
}

/// Something that turns windows of mel frames into sound.
///
/// Rendering is a pure function of the window: equal windows give equal samples, in any order and batch, up to the
/// rounding of `f32` and to what the plan's context leaves out. A renderer may keep where a signal's render stood to go
/// on from there with a window that says the same of the past: what it was asked before is not to be heard. Only phases that
/// are reconstructed go on from what was heard last of the same signal. What other signals are rendered, and when, changes
/// no bit.
pub trait Render: Send {
    /// The time base.
    fn format(&self) -> Format;

    /// The plan that suits this renderer for `chunk_frames` frames of output at a time: with the context that
    /// keeps seams inaudible.
    fn plan(&self, chunk_frames: usize) -> SpanPlan;

    /// Renders each window's output frames into the vector of the same index: `output_frames.len() · hop` samples at
    /// the model's rate. Vectors keep their capacity from call to call.
    fn render(&mut self, windows: &[&Window], out: &mut [Vec<f32>]) -> Result<()>;

    /// Drops what is kept of `signal`, of which no window will come any more. For renderers that keep something.
    fn forget(&mut self, _signal: u64) {}
}
