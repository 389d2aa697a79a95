//! The network's activations, of one number each: loops over them compile to vector instructions.

use std::f32::consts::{FRAC_1_SQRT_2, LOG2_E};

/// Beyond these eˣ is infinite or has fewer bits.
const LIMITS: [f32; 2] = [-87.0, 88.0];
/// 1.5·2²³: adding it rounds a number to an integer, which is then found in the lowest bits.
const ROUNDING: f32 = 12_582_912.0;
/// ln 2 in two parts, of which the first times an integer is exact (Cody and Waite 1980).
const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
/// eˣ = 1 + x + x²·p(x) for x within ±½·ln 2: p's coefficients from the highest power down, within 1e-7 of eˣ.
const POWERS: [f32; 6] = [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5];

/// Coefficients of erf's approximation within 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26), from the highest power down, and
/// the factor on its argument.
const ERF: [f32; 5] = [1.061_405_4, -1.453_152_1, 1.421_413_7, -0.284_496_74, 0.254_829_6];
const ERF_SCALE: f32 = 0.327_591_1;

/// eˣ within 1e-7 of it, without a branch or a call. What is not a number stays so.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    let x = x.clamp(LIMITS[0], LIMITS[1]);
    let whole = x * LOG2_E + ROUNDING;
    let power = whole - ROUNDING;
    let rest = (x - power * LN_2[0]) - power * LN_2[1];
    let polynomial = POWERS.into_iter().fold(0.0, |sum, coefficient| sum * rest + coefficient);
    let value = polynomial * rest * rest + rest + 1.0;
    f32::from_bits(value.to_bits().wrapping_add(whole.to_bits() << 23))
}

/// x·σ(x)
#[inline(always)]
pub(super) fn silu(x: f32) -> f32 {
    x / (1.0 + exp(-x))
}

/// x·Φ(x), Φ being the normal distribution (Hendrycks and Gimpel 2016): exactly, not by its approximation with tanh.
#[inline(always)]
pub(super) fn gelu(x: f32) -> f32 {
    let z = (x * FRAC_1_SQRT_2).abs();
    let t = 1.0 / (1.0 + ERF_SCALE * z);
    let polynomial = ERF.into_iter().fold(0.0, |sum, coefficient| (sum + coefficient) * t);
    let tail = 0.5 * polynomial * exp(-z * z);
    x * if x < 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_that_of_the_standard_library() {
        for step in -8_600..8_700 {
            let x = step as f32 * 0.01;
            assert!((f64::from(exp(x)) / f64::from(x).exp() - 1.0).abs() < 2e-7, "e^{x} = {}", exp(x));
        }
        assert!(exp(f32::NAN).is_nan() && exp(f32::NEG_INFINITY) < 1e-37 && exp(1e9).is_finite());
    }

    #[test]
    fn activations_are_the_exact_ones() {
        // scipy: x·ndtr(x) and x·expit(x)
        let known = [
            (-3.0, -0.004_049_694, -0.142_277_62),
            (-0.5, -0.154_268_77, -0.188_770_33),
            (0.0, 0.0, 0.0),
            (0.1, 0.053_982_784, 0.052_497_92),
            (1.0, 0.841_344_8, 0.731_058_6),
            (6.0, 6.0, 5.985_164),
        ];
        for (x, of_gelu, of_silu) in known {
            assert!((gelu(x) - of_gelu).abs() < 1e-6, "gelu({x}) = {}, not {of_gelu}", gelu(x));
            assert!((silu(x) - of_silu).abs() < 1e-6, "silu({x}) = {}, not {of_silu}", silu(x));
        }
    }
}
