//! Rows at other rates, and what lies around a sample as a row.

use super::plane::{Plane, Rows};
use crate::kernel::{Buffer, Lanes, UNIT, Work};
use crate::network::wavegrad::config::{FIRST_TAPS, SLOPE};
use crate::network::wavegrad::reach::{Span, upsampled};

/// Rows of a block.
const BLOCK_ROWS: isize = 64;

/// Rows that are made of others, channel by channel.
pub(super) struct Resampling<'a> {
    pub(super) change: Change<'a>,
    /// The rows that are made.
    pub(super) span: Span,
    pub(super) raw: Option<Rows<'a>>,
    /// Takes the leaky rectifier of them.
    pub(super) activated: Option<Rows<'a>>,
}

/// How.
pub(super) enum Change<'a> {
    /// The values of x around each sample, zeros outside: what the first convolution has taps for.
    Around(&'a [f32]),
    /// The mean of a group's rows at these two places.
    Down { plane: &'a Plane, factor: usize, taken: [usize; 2] },
    /// Interpolated between rows, of which the last of the window is `last`.
    Up { plane: &'a Plane, factor: usize, last: isize },
}

impl Work for Resampling<'_> {
    type Scratch = Buffer;

    fn blocks(&self) -> usize {
        ((self.span.last + 1 - self.span.first) as usize).div_ceil(BLOCK_ROWS as usize)
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, _scratch: &mut Buffer) {
        let first = self.span.first + block as isize * BLOCK_ROWS;
        for row in first..(first + BLOCK_ROWS).min(self.span.last + 1) {
            match self.change {
                Change::Around(x) => self.around(row, x),
                Change::Down { plane, factor, taken: [one, other] } => {
                    let group = row * factor as isize;
                    let rows = [plane.row(group + one as isize), plane.row(group + other as isize)];
                    self.between::<V>(row, rows, if one == other { 0.0 } else { 0.5 });
                }
                Change::Up { plane, factor, last } => {
                    let at = upsampled(row, factor);
                    let rows = [at.row, at.row + 1].map(|row| plane.row(row.clamp(0, last)));
                    self.between::<V>(row, rows, at.share);
                }
            }
        }
    }
}

impl Resampling<'_> {
    #[inline(always)]
    fn around(&self, row: isize, x: &[f32]) {
        let mut values = [0.0; UNIT];
        for (tap, value) in values.iter_mut().enumerate().take(FIRST_TAPS) {
            let at = row + tap as isize - (FIRST_TAPS / 2) as isize;
            *value = if at < 0 { 0.0 } else { x.get(at as usize).copied().unwrap_or(0.0) };
        }
        if let Some(rows) = &self.raw {
            // SAFETY: a row belongs to one block.
            unsafe { rows.row(row) }.copy_from_slice(&values);
        }
    }

    /// Writes what lies between two rows, at a `share` of the way.
    #[inline(always)]
    fn between<V: Lanes>(&self, row: isize, [one, next]: [&[f32]; 2], share: f32) {
        let share = V::splat(share);
        for lane in (0..one.len()).step_by(V::LANES) {
            let from = V::load(&one[lane..]);
            let value = V::load(&next[lane..]).sub(from).mul_add(share, from);
            if let Some(rows) = &self.raw {
                // SAFETY: as above.
                value.store(&mut unsafe { rows.row(row) }[lane..]);
            }
            if let Some(rows) = &self.activated {
                // SAFETY: as above.
                value.max(value.mul(V::splat(SLOPE))).store(&mut unsafe { rows.row(row) }[lane..]);
            }
        }
    }
}
