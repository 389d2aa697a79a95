//! How a long render is cut into windows that a network takes one at a time.

use std::ops::Range;

/// A way of cutting time into chunks, each rendered from a window that reaches beyond it on both sides.
///
/// All lengths are in mel frames. The same plan gives the same windows offline and live, and noise is a function
/// of position: so both render the same samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpanPlan {
    /// Frames of output per chunk.
    pub chunk_frames: usize,
    /// Frames of context before the chunk.
    pub left_frames: usize,
    /// Frames of context after the chunk, which the latency has to pay for.
    pub right_frames: usize,
}

/// One chunk of a [`SpanPlan`]: the frames a network sees, and those of its output that are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Frames that the network sees, counted from the start of the stream.
    pub window: Range<usize>,
    /// Frames of output that are kept: always inside `window`.
    pub output: Range<usize>,
}

impl Span {
    /// The same without the context before frame `begin`, at which a signal begins.
    pub fn after(mut self, begin: usize) -> Self {
        self.window.start = self.window.start.max(begin).min(self.output.start);
        self
    }

    /// The frames of output counted from the window's start.
    pub fn output_in_window(&self) -> Range<usize> {
        self.output.start - self.window.start..self.output.end - self.window.start
    }
}

impl SpanPlan {
    /// One window for everything: what an offline render of `frames` frames uses where memory allows.
    pub fn whole(frames: usize) -> Self {
        Self { chunk_frames: frames.max(1), left_frames: 0, right_frames: 0 }
    }

    /// Chunk `index` of a stream without an end: the window is cut at the stream's start only.
    pub fn span(&self, index: usize) -> Span {
        let start = index * self.chunk_frames;
        let end = start + self.chunk_frames;
        Span { window: start.saturating_sub(self.left_frames)..end + self.right_frames, output: start..end }
    }

    /// Frames of the longest window.
    pub fn window_frames(&self) -> usize {
        self.left_frames + self.chunk_frames + self.right_frames
    }

    /// All chunks of a render of `frames` frames, the last ones cut at its end.
    pub fn spans(&self, frames: usize) -> impl Iterator<Item = Span> + use<> {
        let plan = *self;
        (0..frames.div_ceil(self.chunk_frames)).map(move |index| {
            let span = plan.span(index);
            Span {
                window: span.window.start..span.window.end.min(frames),
                output: span.output.start..span.output.end.min(frames),
            }
        })
    }
}
