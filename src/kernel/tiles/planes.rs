//! From planes of channels, as tensors have them, to rows of samples, and back.

use super::matrix::{lanes, narrowed};
use super::unit::TILE;

/// `planes`, `[channels, samples]`, as rows of bf16, `[samples, width]`, with `added`, `[channels]`, on top; the samples are
/// a multiple of 16.
#[inline(always)]
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
