//! Values of bf16 in the layouts that the tile unit takes: matrices in tiles, samples in rows and in pairs of rows.

use std::arch::x86_64::{__m512, _mm512_cvtneps_pbh};
use std::mem::transmute;

use half::bf16;

/// Rows of a tile, values of `f32` per row, and pairs of bf16 per row.
pub(super) const TILE: usize = 16;
/// Values of bf16 per row of a tile.
pub(super) const DEPTH: usize = 2 * TILE;
/// Rows, and columns, of the sums that a product works on at once: two tiles each way.
pub(super) const BLOCK: usize = 2 * TILE;

/// A matrix `[depth, columns]` of bf16: panels of 16 columns, each a row of tiles with pairs of rows side by side.
pub(super) struct TileMatrix {
    depth: usize,
    columns: usize,
    values: Vec<u16>,
}

impl TileMatrix {
    /// Packs `value(row, column)`.
    ///
    /// # Panics
    /// Where the sizes are not multiples of 32, as products of whole blocks need them.
    pub fn pack(depth: usize, columns: usize, value: impl Fn(usize, usize) -> f32) -> Self {
        assert!(depth.is_multiple_of(DEPTH) && columns.is_multiple_of(BLOCK), "whole blocks");
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

/// `planes`, `[channels, samples]`, as rows of bf16, `[samples, width]`, with `added`, `[channels]`, on top; the samples are
/// a multiple of 16.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512bf16,fma")]
pub(super) fn rows_of(planes: &[f32], samples: usize, added: Option<&[f32]>, width: usize, rows: &mut [u16]) {
    for start in (0..samples).step_by(TILE) {
        for (channel, plane) in planes.chunks_exact(samples).enumerate() {
            let added = added.map_or(0.0, |added| added[channel]);
            let sums = narrowed(lanes(&plane[start..start + TILE])[0].map(|value| value + added));
            for (sample, sum) in (start..).zip(sums) {
                rows[sample * width + channel] = sum;
            }
        }
    }
}

/// The first channels of `rows`, `[samples, width]`, as planes, `[channels, samples]`.
pub(super) fn planes_of(rows: &[f32], width: usize, planes: &mut [f32], samples: usize) {
    for start in (0..samples).step_by(TILE) {
        for (channel, plane) in planes.chunks_exact_mut(samples).enumerate() {
            for (sample, value) in (start..).zip(&mut plane[start..start + TILE]) {
                *value = rows[sample * width + channel];
            }
        }
    }
}
