//! Signals between the network's works, and the memory that they come from.

use crate::kernel::{Buffer, UNIT};

/// A signal of some channels, sample after sample: `[rows, width]`, its channels filled up to whole registers with zeros.
/// Before and after its rows lie as many rows of zeros as any convolution of the network looks at beyond them.
pub(super) struct Signal {
    values: Buffer,
    margin: usize,
    pub(super) rows: usize,
    pub(super) channels: usize,
}

/// Values of a row of `channels`.
pub(super) fn width_of(channels: usize) -> usize {
    channels.next_multiple_of(UNIT)
}

impl Signal {
    /// Values of a row.
    pub(super) fn width(&self) -> usize {
        width_of(self.channels)
    }

    /// The rows.
    pub(super) fn values(&self) -> &[f32] {
        &self.values[self.margin * self.width()..][..self.rows * self.width()]
    }

    /// The rows.
    pub(super) fn values_mut(&mut self) -> &mut [f32] {
        let (start, length) = (self.margin * self.width(), self.rows * self.width());
        &mut self.values[start..][..length]
    }

    /// The rows from `before` rows before the first on, to the end of what lies after them.
    pub(super) fn rows_before(&self, before: usize) -> &[f32] {
        &self.values[(self.margin - before) * self.width()..]
    }

    /// The same, `length` values of it.
    pub(super) fn rows_before_mut(&mut self, before: usize, length: usize) -> &mut [f32] {
        let start = (self.margin - before) * self.width();
        &mut self.values[start..][..length]
    }

    /// Takes `channels`, each divided by its scale and followed by zeros where it is short.
    pub(super) fn set_channels(&mut self, channels: &[&[f32]], scales: &[f32]) {
        let width = self.width();
        let rows = self.values_mut();
        rows.fill(0.0);
        for (index, (channel, scale)) in channels.iter().zip(scales).enumerate() {
            let targets = rows.iter_mut().skip(index).step_by(width);
            targets.zip(*channel).for_each(|(target, value)| *target = value / scale);
        }
    }

    /// The values of channel `index`.
    pub(super) fn channel(&self, index: usize) -> impl Iterator<Item = f32> {
        self.values().iter().skip(index).step_by(self.width()).copied()
    }

    /// Makes zeros of what lies before and after the rows.
    pub(super) fn clear_margins(&mut self) {
        let (margin, end) = (self.margin * self.width(), (self.margin + self.rows) * self.width());
        self.values[..margin].fill(0.0);
        self.values[end..].fill(0.0);
    }
}

/// Memory of signals that are no longer looked at, for those to come.
pub(super) struct Memory {
    margin: usize,
    free: Vec<Buffer>,
}

impl Memory {
    /// Memory for signals with `margin` rows of zeros on either side.
    pub(super) fn new(margin: usize) -> Self {
        Self { margin, free: Vec::new() }
    }

    /// A signal with margins of zeros, and anything in its rows.
    pub(super) fn take(&mut self, rows: usize, channels: usize) -> Signal {
        let length = (rows + 2 * self.margin) * width_of(channels);
        // The least that is large enough, so that large ones are there for large signals.
        let fits = self.free.iter().enumerate().filter(|(_, buffer)| buffer.capacity() >= length);
        let least = fits.min_by_key(|(_, buffer)| buffer.capacity()).map(|(index, _)| index);
        let mut values = least.map_or_else(Buffer::default, |index| self.free.swap_remove(index));
        values.require(length);
        let mut signal = Signal { values, margin: self.margin, rows, channels };
        signal.clear_margins();
        signal
    }

    /// Takes the memory of a signal back.
    pub(super) fn give_back(&mut self, signal: Signal) {
        self.free.push(signal.values);
    }
}
