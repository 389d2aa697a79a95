//! Gaussians from uniform words, by polynomials: the same on every machine, whatever its mathematical library, and without
//! a branch or a call, so that a loop over them compiles to vector instructions.

use std::f32::consts::{FRAC_1_SQRT_2, LN_2};

/// 1/2²⁴.
const UNIT: f32 = 1.0 / (1 << 24) as f32;
/// ln(1 + f)/f for 1 + f from √½ to √2, from the highest term down: within 5e-9 of it.
const LOGARITHM: [f32; 10] = [
    -0.076_385_92,
    0.129_141_7,
    -0.132_408_43,
    0.141_800_79,
    -0.166_091_26,
    0.200_020_72,
    -0.250_015_85,
    0.333_333_25,
    -0.499_999_88,
    1.0,
];
/// sin(2πr)/r and cos(2πr) over r², for r of up to an eighth of a turn: within 3e-9.
const SINE: [f32; 4] = [-75.401_84, 81.592_545, -41.341_663, 6.283_185_5];
const COSINE: [f32; 5] = [59.220_287, -85.442_85, 64.939_316, -19.739_208, 1.0];

/// Box and Muller's transform of two uniform words.
#[inline(always)]
pub(super) fn gaussian_pair(a: u32, b: u32) -> [f32; 2] {
    // 24 bits each: exact in f32. The radius takes (0, 1], whose logarithm is finite.
    let radius = (-2.0 * ln(((a >> 8) + 1) as f32 * UNIT)).sqrt();
    let [cosine, sine] = cosine_and_sine(b >> 8);
    [radius * cosine, radius * sine]
}

/// ln of a normal number.
#[inline(always)]
fn ln(x: f32) -> f32 {
    const LEAST: u32 = FRAC_1_SQRT_2.to_bits();
    // x = 2ᵉ·(1 + f)
    let bits = x.to_bits().wrapping_sub(LEAST);
    let exponent = (bits.cast_signed() >> 23) as f32;
    let f = f32::from_bits((bits & 0x007f_ffff) + LEAST) - 1.0;
    exponent * LN_2 + f * polynomial(&LOGARITHM, f)
}

/// Cosine and sine of `angle`, counted in turns of 2²⁴.
#[inline(always)]
fn cosine_and_sine(angle: u32) -> [f32; 2] {
    // To the nearest quarter of a turn, and from there on.
    let quarter = (angle + (1 << 21)) >> 22;
    let r = (angle.cast_signed() - (quarter << 22).cast_signed()) as f32 * UNIT;
    let (sine, cosine) = (r * polynomial(&SINE, r * r), polynomial(&COSINE, r * r));
    let (along, across) = if quarter & 1 == 0 { (cosine, sine) } else { (sine, cosine) };
    let signed = |x: f32, negative: u32| f32::from_bits(x.to_bits() ^ (negative & 2) << 30);
    [signed(along, quarter + 1), signed(across, quarter)]
}

#[inline(always)]
fn polynomial(coefficients: &[f32], x: f32) -> f32 {
    let [highest, others @ ..] = coefficients else { return 0.0 };
    others.iter().fold(*highest, |sum, coefficient| sum * x + coefficient)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    #[test]
    fn pairs_are_those_of_box_and_muller() {
        let words = (0..=u32::MAX).step_by(7919).chain([0, 255, 256, u32::MAX]);
        let uniform = |word: u32| f64::from(word >> 8) / f64::from(1 << 24);
        for a in words {
            let b = a.wrapping_mul(0x9E37_79B9);
            let radius = (-2.0 * (uniform(a) + f64::from(UNIT)).ln()).sqrt();
            let angle = TAU * uniform(b);
            for (found, expected) in gaussian_pair(a, b).into_iter().zip([angle.cos(), angle.sin()]) {
                assert!(
                    (f64::from(found) - radius * expected).abs() < 4e-7 * radius.max(0.01),
                    "{a} {b}: {found}"
                );
            }
        }
    }
}
