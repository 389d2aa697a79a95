//! Matrices packed for products, and the one product that nearly all of a network's work is.

use super::buffer::Buffer;
use super::lanes::{Lanes, UNIT};

/// Rows that a product works on at once: with a panel's registers each they fill the register file.
pub(crate) const ROWS: usize = 6;

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
    /// Where `columns` are not whole units of 16: a panel has whole registers.
    pub(crate) fn pack(
        depth: usize,
        columns: usize,
        panel_columns: usize,
        value: impl Fn(usize, usize) -> f32,
    ) -> Self {
        assert!(columns.is_multiple_of(UNIT) && panel_columns.is_power_of_two(), "whole registers");
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

    /// Rows, which is how long an input row is.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Columns of the panel that starts at column `start`.
    #[inline(always)]
    fn width(&self, start: usize) -> usize {
        let mut width = self.panel_columns;
        while width > self.columns - start {
            width /= 2;
        }
        width
    }
}

/// What becomes of the sums of a product: where they start and where they go, some registers of a row at a time.
pub(crate) trait Edge<V: Lanes> {
    /// What the sums of `row` from `column` on start from.
    fn start<const N: usize>(&self, row: usize, column: usize) -> [V; N];
    /// Takes them.
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]);
}

/// Multiplies `count` input rows, `[depth]` each, with `matrix`.
#[inline(always)]
pub(crate) fn multiply<'a, V: Lanes>(
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
            4 if V::PANEL == 4 => panel_product::<V, 4>(panel, start, matrix.depth, count, &input, edge),
            2 => panel_product::<V, 2>(panel, start, matrix.depth, count, &input, edge),
            _ => panel_product::<V, 1>(panel, start, matrix.depth, count, &input, edge),
        }
        start += width;
    }
}

/// The product with one panel of `N` registers, which stays in the first cache while the rows go by.
#[inline(always)]
fn panel_product<'a, V: Lanes, const N: usize>(
    panel: &[f32],
    start: usize,
    depth: usize,
    count: usize,
    input: &impl Fn(usize) -> &'a [f32],
    edge: &mut impl Edge<V>,
) {
    let mut first = 0;
    while first < count {
        // The last rows are computed again where there are no six.
        let last = count - 1;
        let mut rows = [&panel[..0]; ROWS];
        let mut sums = [[V::splat(0.0); N]; ROWS];
        for (r, (values, sums)) in rows.iter_mut().zip(&mut sums).enumerate() {
            let row = (first + r).min(last);
            *values = &input(row)[..depth];
            *sums = edge.start(row, start);
        }
        let sums = tile::<V, N>(panel, rows, sums);
        for (r, sums) in sums.into_iter().enumerate() {
            if first + r < count {
                edge.finish(first + r, start, sums);
            }
        }
        first += ROWS;
    }
}

/// Six rows by `N` registers, all in registers.
#[inline(always)]
fn tile<V: Lanes, const N: usize>(
    panel: &[f32],
    rows: [&[f32]; ROWS],
    mut sums: [[V; N]; ROWS],
) -> [[V; N]; ROWS] {
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
