//! From samples to the factors of their tile's products, and from the products back to samples.

use super::winograd::{self, MOST_OUTPUTS, MOST_PRODUCTS, outputs_of, products_of};
use crate::kernel::{Lanes, UNIT, gate};

/// A tile's inputs on the lattice, `[width]` each, as the factors of its products, `[products, width]`.
#[inline(always)]
pub(super) fn transform_tile<V: Lanes, const PAIRS: usize>(
    inputs: [&[[f32; UNIT]]; MOST_PRODUCTS],
    factors: &mut [f32],
) {
    let count = inputs[0].len();
    let inputs = inputs.map(|input| &input[..count]);
    let mut rows = factors.as_chunks_mut().0.chunks_exact_mut(count);
    let mut factors: [&mut [[f32; UNIT]]; MOST_PRODUCTS] =
        std::array::from_fn(|_| rows.next().expect("a row for every product"));
    for unit in 0..count {
        for lane in (0..UNIT).step_by(V::LANES) {
            let mut x = [V::splat(0.0); MOST_PRODUCTS];
            for (x, input) in x.iter_mut().zip(inputs).take(products_of(PAIRS)) {
                *x = V::load(&input[unit][lane..]);
            }
            let x = winograd::inputs::<V, PAIRS>(x);
            for (x, factors) in x.into_iter().zip(&mut factors).take(products_of(PAIRS)) {
                x.store(&mut factors[unit][lane..]);
            }
        }
    }
}

/// The gated activations of a tile, `[outputs, width]`, from its products, `[products, 2·width]`, and the conditioner's
/// parts, of which each output's, `[2·width]`, starts at a unit of its own. Gates come before filters.
#[inline(always)]
pub(super) fn gate_tile<V: Lanes, const PAIRS: usize>(
    products: &[[f32; UNIT]],
    conditioner: &[[f32; UNIT]],
    parts: [usize; MOST_OUTPUTS],
    hidden: &mut [f32],
) {
    let count = hidden.len() / (outputs_of(PAIRS) * UNIT);
    let hidden: &mut [[f32; UNIT]] = hidden.as_chunks_mut().0;
    for unit in 0..count {
        for lane in (0..UNIT).step_by(V::LANES) {
            let gates = load_outputs::<V, PAIRS>(&products[unit..], 2 * count, lane);
            let filters = load_outputs::<V, PAIRS>(&products[count + unit..], 2 * count, lane);
            for (output, part) in parts.into_iter().enumerate().take(outputs_of(PAIRS)) {
                let gate_sum = gates[output].add(V::load(&conditioner[part + unit][lane..]));
                let filter_sum = filters[output].add(V::load(&conditioner[part + count + unit][lane..]));
                gate(gate_sum, filter_sum).store(&mut hidden[output * count + unit][lane..]);
            }
        }
    }
}

/// Lanes of a tile's outputs from its products, of which each starts `stride` units after the one before.
#[inline(always)]
fn load_outputs<V: Lanes, const PAIRS: usize>(
    products: &[[f32; UNIT]],
    stride: usize,
    lane: usize,
) -> [V; MOST_OUTPUTS] {
    let mut sums = [V::splat(0.0); MOST_PRODUCTS];
    for (product, sum) in sums.iter_mut().enumerate().take(products_of(PAIRS)) {
        *sum = V::load(&products[product * stride][lane..]);
    }
    winograd::outputs::<V, PAIRS>(sums)
}
