//! Winograd's minimal filtering F(4,3): four outputs of a 3-tap filter from six products in place of twelve (Lavin and
//! Gray, CVPR 2016, section 4.1).
//!
//! The interpolation points are 0, ±5/8, ±3/2 and ∞: in `f32` their rounding error is 1.4 times that of the direct
//! form, where the usual 0, ±1, ±2 has 1.9 times.

use super::lanes::Lanes;

/// Outputs of a tile.
pub(super) const OUTPUTS: usize = 4;
/// Products of a tile, and inputs.
pub(super) const PRODUCTS: usize = 6;

/// The points beside 0 and ∞ are ±P and ±Q.
const P: f32 = 0.625;
const Q: f32 = 1.5;

/// The six weights that stand for the taps w₀, w₁, w₂ (the matrix G).
pub(super) fn weights(taps: [f32; 3]) -> [f32; PRODUCTS] {
    let (p, q) = (f64::from(P), f64::from(Q));
    let points = [0.0, p, -p, q, -q];
    let [w0, w1, w2] = taps.map(f64::from);
    let at = |point: f64| {
        let others = points.iter().filter(|other| **other != point);
        let scale: f64 = others.map(|other| point - other).product();
        ((w0 + point * (w1 + point * w2)) / scale) as f32
    };
    [at(0.0), at(p), at(-p), at(q), at(-q), taps[2]]
}

/// Six inputs on the lattice as the factors of the six products (the matrix Bᵀ).
#[inline(always)]
pub(super) fn inputs<V: Lanes>(x: [V; PRODUCTS]) -> [V; PRODUCTS] {
    let [x0, x1, x2, x3, x4, x5] = x;
    let (p, q) = (V::splat(P), V::splat(Q));
    let (minus_p2, minus_q2) = (V::splat(-P * P), V::splat(-Q * Q));
    let (minus_sum, product) = (V::splat(-(P * P + Q * Q)), V::splat(P * P * Q * Q));
    let (even_p, odd_p) = (minus_q2.mul_add(x2, x4), minus_q2.mul_add(x1, x3).mul(p));
    let (even_q, odd_q) = (minus_p2.mul_add(x2, x4), minus_p2.mul_add(x1, x3).mul(q));
    [
        product.mul_add(x0, minus_sum.mul_add(x2, x4)),
        even_p.add(odd_p),
        even_p.sub(odd_p),
        even_q.add(odd_q),
        even_q.sub(odd_q),
        product.mul_add(x1, minus_sum.mul_add(x3, x5)),
    ]
}

/// The four outputs of six products (the matrix Aᵀ).
#[inline(always)]
pub(super) fn outputs<V: Lanes>(products: [V; PRODUCTS]) -> [V; OUTPUTS] {
    let [m0, m1, m2, m3, m4, m5] = products;
    let (even_p, odd_p) = (m1.add(m2), m1.sub(m2));
    let (even_q, odd_q) = (m3.add(m4), m3.sub(m4));
    [
        m0.add(even_p).add(even_q),
        V::splat(P).mul_add(odd_p, V::splat(Q).mul(odd_q)),
        V::splat(P * P).mul_add(even_p, V::splat(Q * Q).mul(even_q)),
        V::splat(P * P * P).mul_add(odd_p, V::splat(Q * Q * Q).mul_add(odd_q, m5)),
    ]
}
