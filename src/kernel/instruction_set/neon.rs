//! Four lanes of NEON.

use std::arch::aarch64::*;

use crate::kernel::lanes::{Work, lanes};

/// Runs a block of a work.
#[target_feature(enable = "neon")]
pub(super) fn run<W: Work>(work: &W, block: usize, scratch: &mut W::Scratch) {
    work.run::<Neon>(block, scratch);
}

lanes! {
    Neon(float32x4_t), lanes 4, panel 4;
    splat(value) => vdupq_n_f32(value);
    load(source) => vld1q_f32(source);
    store(value, target) => vst1q_f32(target, value);
    add(a, b) => vaddq_f32(a, b);
    sub(a, b) => vsubq_f32(a, b);
    mul(a, b) => vmulq_f32(a, b);
    div(a, b) => vdivq_f32(a, b);
    min(a, b) => vminq_f32(a, b);
    max(a, b) => vmaxq_f32(a, b);
    mul_add(a, b, c) => vfmaq_f32(c, a, b);
    scale(a, n) => {
        let shifted = vshlq_n_u32::<23>(vreinterpretq_u32_f32(n));
        vreinterpretq_f32_u32(vaddq_u32(vreinterpretq_u32_f32(a), shifted))
    };
}
