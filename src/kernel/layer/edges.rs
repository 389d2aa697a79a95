//! Where the sums of a layer's products start and where they go.

use super::{Layer, ZEROS};
use crate::kernel::lanes::Lanes;
use crate::kernel::matrix::{Edge, load, store};
use crate::kernel::rows::SharedRows;

/// Sums into rows of a thread's own.
pub(super) struct Sums<'a> {
    pub(super) rows: &'a mut [f32],
    pub(super) width: usize,
    /// What they start from, if not from zero.
    pub(super) bias: Option<&'a [f32]>,
}

impl<V: Lanes> Edge<V> for Sums<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, _row: usize, column: usize) -> [V; N] {
        self.bias.map_or([V::splat(0.0); N], |bias| load(&bias[column..]))
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        store(sums, &mut self.rows[row * self.width + column..]);
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
