//! Matrices of bf16 packed for tile products, and the ways of samples into pairs.

use std::arch::x86_64::{__m512, _mm512_cvtneps_pbh};
use std::mem::transmute;

use half::bf16;

use super::unit::{DEPTH, TILE};

/// A matrix `[depth, columns]` of bf16: panels of 16 columns, each a row of tiles with pairs of rows side by side.
pub(super) struct TileMatrix {
    depth: usize,
    columns: usize,
    values: Vec<u16>,
}

impl TileMatrix {
    /// Packs `value(row, column)`; both sizes are multiples of 32.
    pub fn pack(depth: usize, columns: usize, value: impl Fn(usize, usize) -> f32) -> Self {
        let mut values = Vec::with_capacity(depth * columns);
        for panel in (0..columns).step_by(TILE) {
            for pair in (0..depth).step_by(2) {
                for column in panel..panel + TILE {
                    values.extend([pair, pair + 1].map(|row| bf16::from_f32(value(row, column)).to_bits()));
                }
            }
        }
        Self { depth, columns, values }
    }

    /// Rows.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The tiles of 16 columns, `[depth / 32]` of them.
    pub fn panel(&self, index: usize) -> &[u16] {
        let length = self.depth / DEPTH * TILE * DEPTH;
        &self.values[index * length..(index + 1) * length]
    }
}

/// A vector of `f32` in bf16, rounded to the nearest, ties to even.
#[inline(always)]
pub(super) fn narrowed(values: [f32; TILE]) -> [u16; TILE] {
    // SAFETY: lanes exist only under the functions that run where AVX-512 with bf16 was detected; vectors are plain bits.
    unsafe { transmute(_mm512_cvtneps_pbh(transmute::<[f32; TILE], __m512>(values))) }
}

/// `value` of bf16.
#[inline(always)]
pub(super) fn single(value: u16) -> f32 {
    f32::from_bits(u32::from(value) << 16)
}

/// Writes the rows `[count, width]` of `rows`, `stride` values apart from `start` on, in pairs to the columns from `column`
/// on of `pairs`, `[count / 2, pitch]`.
#[inline(always)]
pub(super) fn pair_rows(
    (rows, start, stride): (&[u16], usize, usize),
    width: usize,
    (pairs, pitch, column): (&mut [u32], usize, usize),
) {
    for (index, pairs) in pairs.chunks_exact_mut(pitch).enumerate() {
        let (even, odd) = (start + 2 * index * stride, start + (2 * index + 1) * stride);
        let both = lanes(&rows[even..even + width]).iter().zip(lanes(&rows[odd..odd + width]));
        for (pairs, (even, odd)) in lanes_mut(&mut pairs[column..column + width]).iter_mut().zip(both) {
            for lane in 0..TILE {
                pairs[lane] = u32::from(even[lane]) | u32::from(odd[lane]) << 16;
            }
        }
    }
}

/// A row of whole tiles, a tile's width at a time: what the compiler makes vectors of.
#[inline(always)]
pub(super) fn lanes<T>(row: &[T]) -> &[[T; TILE]] {
    row.as_chunks().0
}

/// The same, to be written.
#[inline(always)]
pub(super) fn lanes_mut<T>(row: &mut [T]) -> &mut [[T; TILE]] {
    row.as_chunks_mut().0
}
