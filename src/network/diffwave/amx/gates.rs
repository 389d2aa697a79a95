//! The gated activations σ(a)·tanh(b) of a block (DiffWave, figure 2), forwards and backwards.

use super::matrix::{TILE, lanes, lanes_mut, narrowed, single};
use crate::kernel::{Avx512, FILTER_EXPONENT, GATE_EXPONENT, Lanes, activations};

/// Turns a block's `sums`, `[32, 2 · width]`, into `gates` (σ and tanh of it) and their products, `[32, width]`.
#[inline(always)]
pub(super) fn activate(sums: &[f32], bias: &[f32], gates: &mut [u16], gated: &mut [u16], width: usize) {
    let rows = sums.chunks_exact(2 * width).zip(gates.chunks_exact_mut(2 * width));
    for ((sums, gates), gated) in rows.zip(gated.chunks_exact_mut(width)) {
        let (gate_sums, filter_sums) = sums.split_at(width);
        let (gate_bias, filter_bias) = bias.split_at(width);
        let (sigmoids, tanhs) = gates.split_at_mut(width);
        let given = lanes(gate_sums).iter().zip(lanes(filter_sums));
        let given = given.zip(lanes(gate_bias).iter().zip(lanes(filter_bias)));
        let found = lanes_mut(sigmoids).iter_mut().zip(lanes_mut(tanhs)).zip(lanes_mut(gated));
        for (((sigmoids, tanhs), gated), ((gates, filters), (gate_bias, filter_bias))) in found.zip(given) {
            let exponent = |sums: &[f32; TILE], bias: &[f32; TILE], factor| {
                Avx512::load(sums).add(Avx512::load(bias)).mul(Avx512::splat(factor))
            };
            let [sigmoid, tanh] = activations(
                exponent(gates, gate_bias, GATE_EXPONENT),
                exponent(filters, filter_bias, FILTER_EXPONENT),
            );
            let product = sigmoid.mul(tanh);
            let [sigmoid, tanh, product] = [stored(sigmoid), stored(tanh), stored(product)];
            (*sigmoids, *tanhs, *gated) = (narrowed(sigmoid), narrowed(tanh), narrowed(product));
        }
    }
}

/// From the gradients of a block's gated activations, `[32, width]`, to those of its gates before σ and tanh, which are
/// added up; and the gated activations once more. ∂(σ·t)/∂a = σ(1 − σ)·t and ∂(σ·t)/∂b = σ(1 − t²)
#[inline(always)]
pub(super) fn deactivate(
    gates: &[u16],
    gradients: &[f32],
    of_gates: &mut [u16],
    gated: &mut [u16],
    bias: &mut [f32],
) {
    let width = bias.len() / 2;
    let (sigmoid_bias, tanh_bias) = bias.split_at_mut(width);
    let rows = gates.chunks_exact(2 * width).zip(of_gates.chunks_exact_mut(2 * width));
    let rows = rows.zip(gradients.chunks_exact(width).zip(gated.chunks_exact_mut(width)));
    for ((gates, of_gates), (gradients, gated)) in rows {
        let ((sigmoids, tanhs), (of_sigmoids, of_tanhs)) =
            (gates.split_at(width), of_gates.split_at_mut(width));
        let given = lanes(sigmoids).iter().zip(lanes(tanhs)).zip(lanes(gradients));
        let sums = lanes_mut(sigmoid_bias).iter_mut().zip(lanes_mut(tanh_bias));
        let found = lanes_mut(of_sigmoids).iter_mut().zip(lanes_mut(of_tanhs)).zip(lanes_mut(gated));
        for ((((of_sigmoids, of_tanhs), gated), sums), ((sigmoids, tanhs), gradients)) in
            found.zip(sums).zip(given)
        {
            let (mut of_sigmoid, mut of_tanh, mut product) = ([0.0; TILE], [0.0; TILE], [0.0; TILE]);
            for lane in 0..TILE {
                let (sigmoid, tanh) = (single(sigmoids[lane]), single(tanhs[lane]));
                let gradient = gradients[lane] * sigmoid;
                of_sigmoid[lane] = gradient * (1.0 - sigmoid) * tanh;
                of_tanh[lane] = gradient * (1.0 - tanh * tanh);
                product[lane] = sigmoid * tanh;
                sums.0[lane] += of_sigmoid[lane];
                sums.1[lane] += of_tanh[lane];
            }
            (*of_sigmoids, *of_tanhs) = (narrowed(of_sigmoid), narrowed(of_tanh));
            *gated = narrowed(product);
        }
    }
}

/// A register's values.
#[inline(always)]
fn stored(register: Avx512) -> [f32; TILE] {
    let mut values = [0.0; TILE];
    register.store(&mut values);
    values
}
