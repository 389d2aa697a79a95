//! Rows of a layer.

use crate::kernel::{Buffer, SharedRows, UNIT};
use crate::network::wavegrad::config::MOST_CHANNELS;
use crate::network::wavegrad::reach::Span;

/// What rows outside of a window are; modulations are twice as wide as channels.
static ZEROS: [f32; 2 * MOST_CHANNELS] = [0.0; 2 * MOST_CHANNELS];

/// Values of a row of `channels`: whole registers.
pub(super) fn width(channels: usize) -> usize {
    channels.next_multiple_of(UNIT)
}

/// Some neighbouring rows of a layer, `[rows, width]`. All others read as zeros: they lie outside of the window.
#[derive(Default)]
pub(super) struct Plane {
    values: Buffer,
    first: isize,
    width: usize,
}

impl Plane {
    /// Makes room for the rows of `span`. What they hold is not said.
    pub(super) fn begin(&mut self, span: Span, width: usize) {
        (self.first, self.width) = (span.first, width);
        self.values.require((span.last + 1 - span.first).max(0) as usize * width);
    }

    /// Row `row`, `[width]`.
    #[inline(always)]
    pub(super) fn row(&self, row: isize) -> &[f32] {
        let start = (row - self.first) as usize;
        match start < self.values.len() / self.width {
            true => &self.values[start * self.width..][..self.width],
            false => &ZEROS[..self.width],
        }
    }

    /// The rows, to be written.
    pub(super) fn rows(&mut self) -> Rows<'_> {
        Rows { first: self.first, rows: SharedRows::new(&mut self.values, self.width.max(1)) }
    }
}

/// Rows of a plane that several threads write, each its own.
pub(super) struct Rows<'a> {
    first: isize,
    rows: SharedRows<'a>,
}

impl Rows<'_> {
    /// Row `row`, `[width]`.
    ///
    /// # Safety
    /// Nobody else, on this or another thread, may hold the same row.
    #[inline(always)]
    #[expect(clippy::mut_from_ref, reason = "rows are told apart by their index, for which the caller answers")]
    pub(super) unsafe fn row(&self, row: isize) -> &mut [f32] {
        // SAFETY: the caller's promise is the same.
        unsafe { self.rows.row((row - self.first) as usize) }
    }
}
