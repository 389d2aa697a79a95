//! The gated activation sigmoid(a)·tanh(b) (DiffWave, figure 2) and the exponential under it, of a whole register and
//! of one number.

use std::f32::consts::LOG2_E;

use super::lanes::Lanes;
#[cfg(feature = "train")]
use super::lanes::ROUNDING;

/// Factor that turns a gate's argument a into the exponent of 2 that [`gate`] takes: e⁻ᵃ = 2^(−a·log₂e).
pub(crate) const GATE_EXPONENT: f32 = -LOG2_E;
/// The same for a filter's argument b: e⁻²ᵇ = 2^(−2b·log₂e).
pub(crate) const FILTER_EXPONENT: f32 = -2.0 * LOG2_E;

/// Exponents beyond which neither sigmoid nor tanh changes in `f32`; the product of two powers stays finite.
const LIMIT: f32 = 60.0;
/// 2ʳ for r in [−½, ½] from the highest term down: the minimax polynomial of degree 5, within 7.5e-8 of it.
const POWERS: [f32; 6] = [0.001_327_646, 0.009_675_541, 0.055_507_133, 0.240_221_2, 0.693_146_97, 1.0];

/// sigmoid(a)·tanh(b) within 1e-6, given a·[`GATE_EXPONENT`] and b·[`FILTER_EXPONENT`].
///
/// With u = e⁻ᵃ and v = e⁻²ᵇ it is (1 − v) / ((1 + u)(1 + v)): two powers and one division.
#[inline(always)]
pub(crate) fn gate<V: Lanes>(gate_exponent: V, filter_exponent: V) -> V {
    let one = V::splat(1.0);
    let (u, v) = (exp2(gate_exponent), exp2(filter_exponent));
    one.sub(v).div(one.add(u).mul(one.add(v)))
}

/// sigmoid(a) and tanh(b) apart, given the same exponents: what a backward pass needs.
#[cfg(all(feature = "train", target_arch = "x86_64", target_os = "linux"))]
#[inline(always)]
pub(crate) fn activations<V: Lanes>(gate_exponent: V, filter_exponent: V) -> [V; 2] {
    let one = V::splat(1.0);
    let (u, v) = (exp2(gate_exponent), exp2(filter_exponent));
    let inverse = one.div(one.add(u).mul(one.add(v)));
    [one.add(v).mul(inverse), one.sub(v).mul(one.add(u)).mul(inverse)]
}

/// 2ˣ, x being limited to 60, and where the instruction set needs it to −60: a power of 2 by its bits, times 2ʳ.
#[inline(always)]
fn exp2<V: Lanes>(x: V) -> V {
    let x = x.limit(V::splat(LIMIT));
    let whole = x.power();
    let rest = x.without(whole);
    let [c5, c4, c3, c2, c1, c0] = POWERS;
    let mut power = V::splat(c5);
    power = power.mul_add(rest, V::splat(c4));
    power = power.mul_add(rest, V::splat(c3));
    power = power.mul_add(rest, V::splat(c2));
    power = power.mul_add(rest, V::splat(c1));
    power = power.mul_add(rest, V::splat(c0));
    power.scale(whole)
}

/// eˣ of one number by the same polynomial, x·log₂e being limited to ±40: without a branch or a call, so that a loop over it
/// compiles to vector instructions where no set is chosen. What is not a number stays so.
#[cfg(feature = "train")]
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    let x = (x * LOG2_E).clamp(-40.0, 40.0);
    let whole = x + ROUNDING;
    let rest = x - (whole - ROUNDING);
    let [highest, others @ ..] = POWERS;
    let mut power = highest;
    for coefficient in others {
        power = power * rest + coefficient;
    }
    f32::from_bits(power.to_bits().wrapping_add(whole.to_bits() << 23))
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::*;
    use crate::kernel::instruction_set::Baseline;

    #[test]
    fn one_number_has_the_exponential_of_a_register() {
        for step in -2700..2700_i32 {
            let x = step as f32 * 0.01;
            let mut lanes = [0.0; 4];
            exp2(Baseline::splat(x * LOG2_E)).store(&mut lanes);
            assert_eq!(lanes, [exp(x); 4], "e^{x}");
            assert!((f64::from(exp(x)) / f64::from(x).exp() - 1.0).abs() < 3e-6, "e^{x}");
        }
        assert!(exp(f32::NAN).is_nan());
    }
}
