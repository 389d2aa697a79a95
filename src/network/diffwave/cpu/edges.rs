//! Where the sums of a layer's products start and where they go.

use super::input::{LayerInput, Offsets, ZEROS};
use crate::kernel::{Edge, Lanes, ROWS, SharedRows, load, prefetch, prefetch_early, store};

/// A product of the tiles, into rows of a thread's own.
pub(super) struct Product<'a> {
    pub(super) rows: &'a mut [f32],
    /// Distance from one row to the next.
    pub(super) stride: usize,
    /// Rows that the gate reads soon, `[.., columns]`, in main memory, and which of them to ask for now.
    pub(super) ahead: (&'a [f32], &'a [usize]),
    /// Columns of those rows.
    pub(super) columns: usize,
    /// Where those rows are.
    pub(super) offsets: Offsets,
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
            let start = self.offsets.whole(*row) * self.columns + column;
            prefetch_early(&conditioner[start..][..N * V::LANES]);
        }
        store(sums, &mut self.rows[row * self.stride + column..]);
    }
}

/// y' = s·y + s·r + constant
pub(super) struct Residual<'a> {
    /// y
    pub(super) input: &'a LayerInput<'a>,
    /// s
    pub(super) scale: f32,
    /// How many rows before an output its sample of y lies.
    pub(super) behind: usize,
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
        let (input, row) = (self.input, self.rows[row]);
        let y = if self.behind == 0 {
            &input.values[row * input.width..][..input.width]
        } else {
            let ahead = row - self.window * input.rows + input.lead - self.behind;
            input.row(self.window, ahead).unwrap_or(&ZEROS[..input.width])
        };
        let (scale, mut sums) = (V::splat(self.scale), load::<V, N>(&y[column..]));
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
    /// The sum of skips so far, `[.., width]`.
    pub(super) skips: &'a SharedRows<'a>,
    /// What the first layer starts it from, `[width]`; none in the others.
    pub(super) first: Option<&'a [f32]>,
    /// Where the rows are.
    pub(super) offsets: Offsets,
    /// Which sample each row of the product is.
    pub(super) rows: &'a [usize],
}

impl<V: Lanes> Edge<V> for Skips<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, row: usize, column: usize) -> [V; N] {
        if let Some(ahead) = self.rows.get(row + ROWS) {
            // SAFETY: every row belongs to one tile, and every tile to one block.
            prefetch(&unsafe { self.skips.row(self.offsets.whole(*ahead)) }[column..][..N * V::LANES]);
        }
        if let Some(first) = self.first {
            return load(&first[column..]);
        }
        // SAFETY: every row belongs to one tile, and every tile to one block.
        load(&unsafe { self.skips.row(self.offsets.whole(self.rows[row])) }[column..])
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        // SAFETY: as above.
        let row = unsafe { self.skips.row(self.offsets.whole(self.rows[row])) };
        store(sums, &mut row[column..]);
    }
}
