//! Matrices packed for products, and the one product that nearly all of a network's work is.

use std::ops::Range;

use super::buffer::Buffer;
use super::lanes::{Lanes, UNIT};

/// Rows that a product works on at once: with a panel's registers each they fill the register file.
pub(crate) const ROWS: usize = 6;
/// Rows of the tiles that are left over where rows are few: as many as keep the units busy.
const FEW: usize = 2;

/// A matrix `[depth, columns]` in panels: a panel holds some neighbouring columns of every row, row after row.
pub(crate) struct Matrix {
    depth: usize,
    columns: usize,
    panel_columns: usize,
    values: Buffer,
}

impl Matrix {
    /// Packs `value(row, column)` into panels of at most `panel_columns` (a power of two) columns.
    ///
    /// # Panics
    /// Where `columns` are neither whole units of 16 nor one panel: a panel has whole registers.
    pub(crate) fn pack(
        depth: usize,
        columns: usize,
        panel_columns: usize,
        value: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let whole = columns.is_multiple_of(UNIT) || columns == panel_columns;
        assert!(whole && panel_columns.is_power_of_two(), "whole registers");
        let mut matrix = Self { depth, columns, panel_columns, values: Buffer::zeroed(depth * columns) };
        let mut start = 0;
        while start < columns {
            let width = matrix.width(start);
            for row in 0..depth {
                for column in 0..width {
                    matrix.values[start * depth + row * width + column] = value(row, start + column);
                }
            }
            start += width;
        }
        matrix
    }

    /// The columns of the panels that `columns` are cut into.
    pub(crate) fn panels(columns: usize, panel_columns: usize) -> impl Iterator<Item = Range<usize>> {
        let mut start = 0;
        std::iter::from_fn(move || {
            let width = Self::width_at(start, columns, panel_columns);
            start += width;
            (width > 0).then_some(start - width..start)
        })
    }

    /// Columns of the panel that starts at column `start`; none at the end.
    #[inline(always)]
    fn width_at(start: usize, columns: usize, panel_columns: usize) -> usize {
        let mut width = panel_columns;
        while width > columns - start {
            width /= 2;
        }
        width
    }

    /// Rows, which is how long an input row is.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Columns of the panel that starts at column `start`.
    #[inline(always)]
    fn width(&self, start: usize) -> usize {
        Self::width_at(start, self.columns, self.panel_columns)
    }
}

/// What becomes of the sums of a product: where they start and where they go, some registers of a row at a time.
pub(crate) trait Edge<V: Lanes> {
    /// What the sums of `row` from `column` on start from.
    fn start<const N: usize>(&self, row: usize, column: usize) -> [V; N];
    /// Takes them.
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]);
}

/// Sums that start from a bias, `[columns]`, and go into rows as long, `[.., columns]`.
pub(crate) struct Biased<'a> {
    pub(crate) bias: &'a [f32],
    pub(crate) rows: &'a mut [f32],
}

impl<V: Lanes> Edge<V> for Biased<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, _row: usize, column: usize) -> [V; N] {
        load(&self.bias[column..])
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        store(sums, &mut self.rows[row * self.bias.len() + column..]);
    }
}

/// Multiplies `count` input rows, `[depth]` each, with `matrix`. The last rows are computed again where there are no six.
#[inline(always)]
pub(crate) fn multiply<'a, V: Lanes>(
    matrix: &Matrix,
    count: usize,
    input: impl Fn(usize) -> &'a [f32],
    edge: &mut impl Edge<V>,
) {
    multiply_tiles::<V, ROWS>(matrix, count, input, edge);
}

/// The same for few rows: the last are computed two at a time.
#[inline(always)]
pub(crate) fn multiply_few<'a, V: Lanes>(
    matrix: &Matrix,
    count: usize,
    input: impl Fn(usize) -> &'a [f32],
    edge: &mut impl Edge<V>,
) {
    multiply_tiles::<V, FEW>(matrix, count, input, edge);
}

/// The product, whose last rows are computed `LAST` at a time.
#[inline(always)]
fn multiply_tiles<'a, V: Lanes, const LAST: usize>(
    matrix: &Matrix,
    count: usize,
    input: impl Fn(usize) -> &'a [f32],
    edge: &mut impl Edge<V>,
) {
    let mut start = 0;
    while start < matrix.columns {
        let width = matrix.width(start);
        let panel = &matrix.values[start * matrix.depth..][..width * matrix.depth];
        match width / V::LANES {
            // A set whose panels are narrower has no registers for this one.
            4 if V::PANEL == 4 => panel_product::<V, 4, LAST>(panel, start, matrix.depth, count, &input, edge),
            2 => panel_product::<V, 2, LAST>(panel, start, matrix.depth, count, &input, edge),
            _ => panel_product::<V, 1, LAST>(panel, start, matrix.depth, count, &input, edge),
        }
        start += width;
    }
}

/// The product with one panel of `N` registers, which stays in the first cache while the rows go by.
#[inline(always)]
fn panel_product<'a, V: Lanes, const N: usize, const LAST: usize>(
    panel: &[f32],
    start: usize,
    depth: usize,
    count: usize,
    input: &impl Fn(usize) -> &'a [f32],
    edge: &mut impl Edge<V>,
) {
    let whole = if LAST == ROWS { count } else { count / ROWS * ROWS };
    for first in (0..whole).step_by(ROWS) {
        tile::<V, N, ROWS>(panel, start, depth, first..count, input, edge);
    }
    for first in (whole..count).step_by(LAST) {
        tile::<V, N, LAST>(panel, start, depth, first..count, input, edge);
    }
}

/// The first `R` of `rows` by `N` registers, all in registers. The last row stands in for those that there are not.
#[inline(always)]
fn tile<'a, V: Lanes, const N: usize, const R: usize>(
    panel: &[f32],
    start: usize,
    depth: usize,
    rows: Range<usize>,
    input: &impl Fn(usize) -> &'a [f32],
    edge: &mut impl Edge<V>,
) {
    let last = rows.end - 1;
    let mut values = [&panel[..0]; R];
    let mut sums = [[V::splat(0.0); N]; R];
    for (r, (values, sums)) in values.iter_mut().zip(&mut sums).enumerate() {
        let row = (rows.start + r).min(last);
        *values = &input(row)[..depth];
        *sums = edge.start(row, start);
    }
    let sums = tile_sums::<V, N, R>(panel, values, sums);
    for (r, sums) in sums.into_iter().enumerate() {
        if rows.start + r < rows.end {
            edge.finish(rows.start + r, start, sums);
        }
    }
}

/// Adds the products of `rows` with a panel to `sums`.
#[inline(always)]
fn tile_sums<V: Lanes, const N: usize, const R: usize>(
    panel: &[f32],
    rows: [&[f32]; R],
    mut sums: [[V; N]; R],
) -> [[V; N]; R] {
    let (depth, width) = (rows[0].len(), N * V::LANES);
    assert!(panel.len() == depth * width, "a panel has a column for every value of a row");
    for row in rows {
        assert!(row.len() == depth, "rows are of one length");
    }
    for k in 0..depth {
        // SAFETY: k < depth, and both lengths were held against it. With checks in this loop the compiler spills every
        // sum in every turn, which halves the speed.
        let columns = unsafe { panel.get_unchecked(k * width..(k + 1) * width) };
        let weights = load::<V, N>(columns);
        for (row, sums) in rows.iter().zip(&mut sums) {
            // SAFETY: as above.
            let value = V::splat(*unsafe { row.get_unchecked(k) });
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = value.mul_add(weight, *sum);
            }
        }
    }
    sums
}

/// The first `N` registers of `source`.
#[inline(always)]
pub(crate) fn load<V: Lanes, const N: usize>(source: &[f32]) -> [V; N] {
    let source = &source[..N * V::LANES];
    let mut registers = [V::splat(0.0); N];
    for (n, register) in registers.iter_mut().enumerate() {
        *register = V::load(&source[n * V::LANES..]);
    }
    registers
}

/// Writes `N` registers to the start of `target`.
#[inline(always)]
pub(crate) fn store<V: Lanes, const N: usize>(registers: [V; N], target: &mut [f32]) {
    let target = &mut target[..N * V::LANES];
    for (n, register) in registers.into_iter().enumerate() {
        register.store(&mut target[n * V::LANES..]);
    }
}
