//! Transposes of matrices of 32-bit values, 16 by 16.

use std::arch::x86_64::{
    __m512i, _mm512_shuffle_i32x4, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64, _mm512_unpacklo_epi32,
    _mm512_unpacklo_epi64,
};
use std::mem::transmute;

use super::matrix::TILE;

/// Writes the transpose of `rows`, `[rows, width]`, to `transposed`, `[width, rows]`; both sizes are multiples of 16.
#[inline(always)]
pub(super) fn transpose(rows: &[u32], width: usize, transposed: &mut [u32]) {
    let height = rows.len() / width;
    for row in (0..height).step_by(TILE) {
        for column in (0..width).step_by(TILE) {
            let mut block = [[0; TILE]; TILE];
            for (index, values) in block.iter_mut().enumerate() {
                values.copy_from_slice(&rows[(row + index) * width + column..][..TILE]);
            }
            for (index, values) in transposed_block(block).iter().enumerate() {
                transposed[(column + index) * height + row..][..TILE].copy_from_slice(values);
            }
        }
    }
}

/// The transpose of a block: pairs of values change places, then pairs of pairs, then quarters of vectors twice.
#[inline(always)]
fn transposed_block(block: [[u32; TILE]; TILE]) -> [[u32; TILE]; TILE] {
    // SAFETY: blocks exist only under the functions that run where AVX-512 was detected; vectors are plain bits. Loops, for
    // a closure would not be compiled for the instruction set.
    unsafe {
        let mut from: [__m512i; TILE] = transmute(block);
        let mut to = from;
        for i in (0..TILE).step_by(2) {
            to[i] = _mm512_unpacklo_epi32(from[i], from[i + 1]);
            to[i + 1] = _mm512_unpackhi_epi32(from[i], from[i + 1]);
        }
        for i in (0..TILE).step_by(4) {
            for half in 0..2 {
                from[i + 2 * half] = _mm512_unpacklo_epi64(to[i + half], to[i + half + 2]);
                from[i + 2 * half + 1] = _mm512_unpackhi_epi64(to[i + half], to[i + half + 2]);
            }
        }
        for i in [0, 1, 2, 3, 8, 9, 10, 11] {
            to[i] = _mm512_shuffle_i32x4::<EVEN_QUARTERS>(from[i], from[i + 4]);
            to[i + 4] = _mm512_shuffle_i32x4::<ODD_QUARTERS>(from[i], from[i + 4]);
        }
        for i in 0..TILE / 2 {
            from[i] = _mm512_shuffle_i32x4::<EVEN_QUARTERS>(to[i], to[i + 8]);
            from[i + 8] = _mm512_shuffle_i32x4::<ODD_QUARTERS>(to[i], to[i + 8]);
        }
        transmute(from)
    }
}

/// The first and the third quarter of both vectors.
const EVEN_QUARTERS: i32 = 0b10_00_10_00;
/// The second and the fourth.
const ODD_QUARTERS: i32 = 0b11_01_11_01;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns() {
        if !is_x86_feature_detected!("avx512f") {
            return eprintln!("skipped: this machine has no AVX-512");
        }
        let (height, width) = (32, 48);
        let rows: Vec<u32> = (0..height * width).map(|index| index as u32).collect();
        let mut transposed = vec![0; rows.len()];
        transpose(&rows, width, &mut transposed);
        for (index, value) in transposed.iter().enumerate() {
            assert_eq!(*value as usize, index % height * width + index / height);
        }
    }
}
