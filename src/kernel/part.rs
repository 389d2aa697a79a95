//! What goes through all layers together, so that what they hand on stays in the third cache.

use std::ops::Range;

/// Most rows that go through all layers together in whole windows.
pub(super) const WHOLE_ROWS: usize = 16_384;
/// Rows of the parts that longer windows go through in: whole groups of tiles at dilations up to 512.
pub(super) const PART_ROWS: usize = 3 * 6 * 512;

/// What goes through all layers together: some whole windows, or some rows of one.
pub(super) struct Part {
    /// The first window.
    pub(super) window: usize,
    /// Number of windows.
    pub(super) windows: usize,
    /// The first row of each.
    pub(super) start: usize,
    /// Rows of each.
    pub(super) rows: usize,
    /// Whether they are some of a window's only. What such parts leave for the next is a history, and a layer that looks
    /// ahead is behind by as much.
    pub(super) cut: bool,
}

impl Part {
    /// One whole window.
    pub(super) fn whole(window: usize, samples: usize) -> Self {
        Self { window, windows: 1, start: 0, rows: samples, cut: false }
    }

    /// The rows that lie in a window of `samples` where a layer is `delay` rows behind.
    pub(super) fn computed(&self, delay: usize, samples: usize) -> Range<usize> {
        let end = (samples + delay).saturating_sub(self.start).min(self.rows);
        delay.saturating_sub(self.start).min(end)..end
    }
}
