//! Where the sums of a layer's products start and where they go.

use super::{Layer, ZEROS};
use crate::kernel::lanes::Lanes;
use crate::kernel::matrix::{Edge, ROWS, load, store};
use crate::kernel::prefetch::{prefetch, prefetch_early};
use crate::kernel::rows::SharedRows;

/// A product of the tiles, into rows of a thread's own.
pub(super) struct Product<'a> {
    pub(super) rows: &'a mut [f32],
    /// Distance from one row to the next.
    pub(super) stride: usize,
    /// Rows that the gate reads soon, `[.., 2·width]`, in main memory, and which of them to ask for now.
    pub(super) ahead: (&'a [f32], &'a [usize]),
    /// The layer.
    pub(super) layer: &'a Layer<'a>,
}

impl<V: Lanes> Edge<V> for Product<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, _row: usize, _column: usize) -> [V; N] {
        [V::splat(0.0); N]
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        let (conditioner, rows) = self.ahead;
        if let Some(row) = rows.get(row) {
            let start = self.layer.place.whole(*row) * 2 * self.layer.packed.width + column;
            prefetch_early(&conditioner[start..][..N * V::LANES]);
        }
        store(sums, &mut self.rows[row * self.stride + column..]);
    }
}

/// The conditioner's part of the gated sum, into rows of a thread's own, `[.., 2·width]`.
pub(super) struct Projected<'a> {
    pub(super) rows: &'a mut [f32],
    pub(super) bias: &'a [f32],
}

impl<V: Lanes> Edge<V> for Projected<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, _row: usize, column: usize) -> [V; N] {
        load(&self.bias[column..])
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        store(sums, &mut self.rows[row * self.bias.len() + column..]);
    }
}

/// y' = s·y + s·r + constant
pub(super) struct Residual<'a> {
    pub(super) layer: &'a Layer<'a>,
    /// The window that the rows belong to.
    pub(super) window: usize,
    /// Which sample each row of the product is.
    pub(super) rows: &'a [usize],
    /// y'
    pub(super) next: &'a SharedRows<'a>,
    pub(super) constant: &'a [f32],
}

impl<V: Lanes> Edge<V> for Residual<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, row: usize, column: usize) -> [V; N] {
        let Layer { place, lead, packed, .. } = self.layer;
        let row = self.rows[row];
        let y = if place.behind == 0 {
            &self.layer.input[row * packed.width..][..packed.width]
        } else {
            let ahead = row - self.window * place.rows + lead - place.behind;
            self.layer.y(self.window, ahead).unwrap_or(&ZEROS[..packed.width])
        };
        let (scale, mut sums) = (V::splat(self.layer.residual_scale), load::<V, N>(&y[column..]));
        for (sum, constant) in sums.iter_mut().zip(load::<V, N>(&self.constant[column..])) {
            *sum = sum.mul_add(scale, constant);
        }
        sums
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        // SAFETY: every row belongs to one tile, and every tile to one block.
        let row = unsafe { self.next.row(self.rows[row]) };
        store(sums, &mut row[column..]);
    }
}

/// Adds to the skips.
pub(super) struct Skips<'a> {
    pub(super) layer: &'a Layer<'a>,
    /// Which sample each row of the product is.
    pub(super) rows: &'a [usize],
}

impl<V: Lanes> Edge<V> for Skips<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, row: usize, column: usize) -> [V; N] {
        if let Some(ahead) = self.rows.get(row + ROWS) {
            // SAFETY: every row belongs to one tile, and every tile to one block.
            prefetch(
                &unsafe { self.layer.skips.row(self.layer.place.whole(*ahead)) }[column..][..N * V::LANES],
            );
        }
        if self.layer.is_first {
            return load(&self.layer.packed.skip_bias[column..]);
        }
        // SAFETY: every row belongs to one tile, and every tile to one block.
        load(&unsafe { self.layer.skips.row(self.layer.place.whole(self.rows[row])) }[column..])
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        // SAFETY: as above.
        let row = unsafe { self.layer.skips.row(self.layer.place.whole(self.rows[row])) };
        store(sums, &mut row[column..]);
    }
}
