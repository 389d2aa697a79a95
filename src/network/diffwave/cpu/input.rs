//! Which rows go through the layers together, and what a layer finds around its own.

use crate::diffusion::History;
use std::ops::Range;

/// Most rows that go through all layers together in whole windows.
pub(super) const WHOLE_ROWS: usize = 16_384;
/// Rows of the segments that longer windows go through in: whole groups of tiles at dilations up to 512.
pub(super) const SEGMENT_ROWS: usize = 3 * 6 * 512;

/// A row outside of a window: as wide as a network may be.
pub(super) static ZEROS: [f32; 1024] = [0.0; 1024];

/// What goes through all layers together, so that what they hand on stays in the third cache: some whole windows, or some
/// rows of one.
pub(super) struct Segment {
    /// The first window.
    pub(super) window: usize,
    /// Number of windows.
    pub(super) windows: usize,
    /// The first row of each.
    pub(super) start: usize,
    /// Rows of each.
    pub(super) rows: usize,
    /// Whether they are some of a window's only. What such segments leave for the next is a history, and a layer that
    /// looks ahead is behind by as much.
    pub(super) is_partial: bool,
}

impl Segment {
    /// One whole window.
    pub(super) fn whole(window: usize, samples: usize) -> Self {
        Self { window, windows: 1, start: 0, rows: samples, is_partial: false }
    }

    /// The rows that lie in a window of `samples` where a layer is `delay` rows behind.
    pub(super) fn computed(&self, delay: usize, samples: usize) -> Range<usize> {
        let end = (samples + delay).saturating_sub(self.start).min(self.rows);
        delay.saturating_sub(self.start).min(end)..end
    }
}

/// Where the samples of a layer lie. The memory that layers hand on holds a segment at a time, and a layer that looks
/// ahead is as far behind its input as it looks.
#[derive(Clone, Copy)]
pub(super) struct Offsets {
    /// Rows of a window's segment, of which samples from `first` on are computed.
    pub(super) rows: usize,
    /// The first row that is computed.
    pub(super) first: usize,
    /// How many rows before an output its sample of y lies.
    pub(super) behind: usize,
    /// What has to be added to a row of the segment for that of the skips and the conditioner.
    pub(super) shift: isize,
}

impl Offsets {
    /// The row of the skips and the conditioner.
    #[inline(always)]
    pub(super) fn whole(self, row: usize) -> usize {
        row.wrapping_add_signed(self.shift)
    }
}

/// A layer's input y with what lies before it.
pub(super) struct LayerInput<'a> {
    /// y, `[windows · rows, width]`.
    pub(super) values: &'a [f32],
    /// Rows of a window.
    pub(super) rows: usize,
    /// Values of a row.
    pub(super) width: usize,
    /// How far the first tap lies before its output: one dilation, or two in a causal network.
    pub(super) lead: usize,
    /// What each window keeps, for all layers; empty where windows begin with zeros.
    pub(super) histories: &'a [&'a mut History],
    /// Where this layer's part of it begins: the last `lead` rows before the window.
    pub(super) history_start: usize,
}

impl LayerInput<'_> {
    /// The row that lies `ahead` rows after the first that a window's first output sees; none outside of what there is of
    /// the window.
    #[inline(always)]
    pub(super) fn row(&self, window: usize, ahead: usize) -> Option<&[f32]> {
        if ahead < self.lead {
            let history = self.histories.get(window)?;
            return Some(&history.values()[self.history_start..][ahead * self.width..][..self.width]);
        }
        let row = ahead - self.lead;
        (row < self.rows).then(|| &self.values[(window * self.rows + row) * self.width..][..self.width])
    }
}

/// Moves one layer's rows on to the end of its `input`: what no longer fits goes out at their start.
pub(super) fn shift_in(rows: &mut [f32], input: &[f32]) {
    match rows.len().checked_sub(input.len()) {
        Some(kept) => {
            rows.copy_within(input.len().., 0);
            rows[kept..].copy_from_slice(input);
        }
        None => rows.copy_from_slice(&input[input.len() - rows.len()..]),
    }
}
