//! Winograd's minimal filtering F(n,3): n outputs of a 3-tap filter from n + 2 products in place of 3n (Lavin and Gray,
//! CVPR 2016, section 4.1), for n of 2, 4 and 6.
//!
//! The interpolation points of F(6,3) are 0, ∞, ±1/2, ±2 and ±1: in `f32` their rounding error is 2.7 times that of the
//! direct form, the least among eighths. The smaller sizes have the first of these points (1.7 times for F(4,3)), so that
//! one set of weights does for all.

use crate::kernel::Lanes;

/// Most pairs of points ±p of a tile. With n pairs it has 2n outputs.
pub(super) const MOST_PAIRS: usize = 3;
/// Most outputs of a tile.
pub(super) const MOST_OUTPUTS: usize = outputs_of(MOST_PAIRS);
/// Most products of a tile.
pub(super) const MOST_PRODUCTS: usize = products_of(MOST_PAIRS);

/// The positive points. The order of points, and of products, is 0, ∞, p₀, −p₀, p₁, −p₁, ...
const POINTS: [f32; MOST_PAIRS] = [0.5, 2.0, 1.0];

/// Outputs of a tile.
pub(super) const fn outputs_of(pairs: usize) -> usize {
    2 * pairs
}

/// Products of a tile, and inputs.
pub(super) const fn products_of(pairs: usize) -> usize {
    2 * pairs + 2
}

/// The weights that stand for the taps w₀, w₁, w₂ in the products of F(6,3) (the matrix G), of which smaller sizes take
/// the first.
pub(super) fn weights(taps: [f32; 3]) -> [f32; MOST_PRODUCTS] {
    let [w0, w1, w2] = taps.map(f64::from);
    let at = |point: f64, scale: f64| ((w0 + point * (w1 + point * w2)) / scale) as f32;
    let mut weights = [0.0; MOST_PRODUCTS];
    weights[0] = at(0.0, from_others(0.0, &POINTS));
    weights[1] = taps[2];
    for (pair, point) in POINTS.into_iter().enumerate() {
        let mut others = POINTS;
        // Of its own pair, its distances from −p and from 0 are left.
        others[pair] = 0.0;
        let scale = 2.0 * from_others(f64::from(point), &others);
        weights[2 + 2 * pair] = at(f64::from(point), scale);
        weights[3 + 2 * pair] = at(-f64::from(point), scale);
    }
    weights
}

/// ∏ (point² − q²) over the points q.
const fn from_others(point: f64, others: &[f32]) -> f64 {
    let (mut product, mut index) = (1.0, 0);
    while index < others.len() {
        product *= point * point - (others[index] * others[index]) as f64;
        index += 1;
    }
    product
}

/// Coefficients, from the constant one up, of ∏ (t − p²) over the first pairs' points but that of pair `left_out`.
const fn polynomial(pairs: usize, left_out: usize) -> [f32; MOST_PAIRS + 1] {
    let mut coefficients = [0.0; MOST_PAIRS + 1];
    coefficients[0] = 1.0;
    let (mut pair, mut degree) = (0, 0);
    while pair < pairs {
        if pair != left_out {
            let square = POINTS[pair] * POINTS[pair];
            degree += 1;
            let mut power = degree;
            while power > 0 {
                coefficients[power] = coefficients[power - 1] - square * coefficients[power];
                power -= 1;
            }
            coefficients[0] *= -square;
        }
        pair += 1;
    }
    coefficients
}

/// What the products with weights of F(6,3) have to be multiplied with in a smaller size: for 0, then for every pair.
const fn scales(pairs: usize) -> [f32; MOST_PAIRS + 1] {
    let (_, missing) = POINTS.split_at(pairs);
    let mut scales = [from_others(0.0, missing) as f32; MOST_PAIRS + 1];
    let mut pair = 0;
    while pair < pairs {
        scales[1 + pair] = from_others(POINTS[pair] as f64, missing) as f32;
        pair += 1;
    }
    scales
}

/// The inputs of a tile on the lattice as the factors of its products (the matrix Bᵀ).
#[inline(always)]
pub(super) fn inputs<V: Lanes, const PAIRS: usize>(x: [V; MOST_PRODUCTS]) -> [V; MOST_PRODUCTS] {
    let polynomials = const {
        let mut polynomials = [polynomial(PAIRS, PAIRS); MOST_PAIRS + 1];
        let mut pair = 0;
        while pair < PAIRS {
            polynomials[pair] = polynomial(PAIRS, pair);
            pair += 1;
        }
        polynomials
    };
    let mut factors = x;
    factors[0] = every_second(x, 0, polynomials[MOST_PAIRS], PAIRS);
    factors[1] = every_second(x, 1, polynomials[MOST_PAIRS], PAIRS);
    for pair in 0..PAIRS {
        let even = every_second(x, 2, polynomials[pair], PAIRS - 1);
        let odd = every_second(x, 1, polynomials[pair], PAIRS - 1);
        factors[2 + 2 * pair] = odd.mul_add(V::splat(POINTS[pair]), even);
        factors[3 + 2 * pair] = odd.mul_add(V::splat(-POINTS[pair]), even);
    }
    factors
}

/// Every second input from `first` on, weighted with the coefficients of a polynomial of this degree, of which the last
/// is 1.
#[inline(always)]
fn every_second<V: Lanes>(
    x: [V; MOST_PRODUCTS],
    first: usize,
    polynomial: [f32; MOST_PAIRS + 1],
    degree: usize,
) -> V {
    let mut sum = x[first + 2 * degree];
    for power in (0..degree).rev() {
        sum = x[first + 2 * power].mul_add(V::splat(polynomial[power]), sum);
    }
    sum
}

/// The outputs of a tile from its products (the matrix Aᵀ).
#[inline(always)]
pub(super) fn outputs<V: Lanes, const PAIRS: usize>(products: [V; MOST_PRODUCTS]) -> [V; MOST_OUTPUTS] {
    let scales = const { scales(PAIRS) };
    let zero = V::splat(0.0);
    let (mut even, mut odd) = ([zero; MOST_PAIRS], [zero; MOST_PAIRS]);
    for pair in 0..PAIRS {
        even[pair] = products[2 + 2 * pair].add(products[3 + 2 * pair]);
        odd[pair] = products[2 + 2 * pair].sub(products[3 + 2 * pair]);
    }
    let mut outputs = [zero; MOST_OUTPUTS];
    let mut powers: [f32; MOST_PAIRS] = std::array::from_fn(|pair| scales[1 + pair]);
    for (index, output) in outputs.iter_mut().enumerate().take(outputs_of(PAIRS)) {
        let terms = if index % 2 == 0 { even } else { odd };
        *output = terms[0].mul(V::splat(powers[0]));
        for pair in 1..PAIRS {
            *output = terms[pair].mul_add(V::splat(powers[pair]), *output);
        }
        for (power, point) in powers.iter_mut().zip(POINTS) {
            *power *= point;
        }
    }
    outputs[0] = products[0].mul_add(V::splat(scales[0]), outputs[0]);
    outputs[outputs_of(PAIRS) - 1] = outputs[outputs_of(PAIRS) - 1].add(products[1]);
    outputs
}
