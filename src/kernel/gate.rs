//! The gated activation sigmoid(a)·tanh(b) of a whole register (DiffWave, figure 2).

use std::f32::consts::LOG2_E;

use super::lanes::Lanes;

/// Factor that turns a gate's argument a into the exponent of 2 that [`gate`] takes: e⁻ᵃ = 2^(−a·log₂e).
pub(super) const GATE_EXPONENT: f32 = -LOG2_E;
/// The same for a filter's argument b: e⁻²ᵇ = 2^(−2b·log₂e).
pub(super) const FILTER_EXPONENT: f32 = -2.0 * LOG2_E;

/// Exponents beyond which neither sigmoid nor tanh changes in `f32`; the product of two powers stays finite.
const LIMIT: f32 = 60.0;
/// 2ʳ for r in [−½, ½] from the constant term up: the minimax polynomial of degree 5, within 7.5e-8 of it.
const POWERS: [f32; 6] = [1.0, 0.693_146_97, 0.240_221_2, 0.055_507_133, 0.009_675_541, 0.001_327_646];

/// sigmoid(a)·tanh(b) within 1e-6, given a·[`GATE_EXPONENT`] and b·[`FILTER_EXPONENT`].
///
/// With u = e⁻ᵃ and v = e⁻²ᵇ it is (1 − v) / ((1 + u)(1 + v)): two powers and one division.
#[inline(always)]
pub(super) fn gate<V: Lanes>(gate_exponent: V, filter_exponent: V) -> V {
    let one = V::splat(1.0);
    let (u, v) = (exp2(gate_exponent), exp2(filter_exponent));
    one.sub(v).div(one.add(u).mul(one.add(v)))
}

/// sigmoid(a) and tanh(b) apart, given the same exponents: what the way back needs.
#[cfg(all(feature = "train", target_arch = "x86_64", target_os = "linux"))]
#[inline(always)]
pub(super) fn activations<V: Lanes>(gate_exponent: V, filter_exponent: V) -> [V; 2] {
    let one = V::splat(1.0);
    let (u, v) = (exp2(gate_exponent), exp2(filter_exponent));
    let inverse = one.div(one.add(u).mul(one.add(v)));
    [one.add(v).mul(inverse), one.sub(v).mul(one.add(u)).mul(inverse)]
}

/// 2ˣ, x being limited to 60, and where the instruction set needs it to −60.
#[inline(always)]
fn exp2<V: Lanes>(x: V) -> V {
    let x = x.limit(V::splat(LIMIT));
    let whole = x.power();
    let rest = x.without(whole);
    let [c0, c1, c2, c3, c4, c5] = POWERS;
    let mut power = V::splat(c5);
    power = power.mul_add(rest, V::splat(c4));
    power = power.mul_add(rest, V::splat(c3));
    power = power.mul_add(rest, V::splat(c2));
    power = power.mul_add(rest, V::splat(c1));
    power = power.mul_add(rest, V::splat(c0));
    power.scale(whole)
}
