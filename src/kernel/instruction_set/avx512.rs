//! Sixteen lanes of AVX-512.

use std::arch::x86_64::*;

use crate::kernel::lanes::{Work, lanes};

/// Runs a block of a work.
#[target_feature(enable = "avx512f")]
pub(super) fn run<W: Work>(work: &W, block: usize, scratch: &mut W::Scratch) {
    work.run::<Avx512>(block, scratch);
}

lanes! {
    Avx512(__m512), lanes 16, panel 4;
    splat(value) => _mm512_set1_ps(value);
    load(source) => _mm512_loadu_ps(source);
    store(value, target) => _mm512_storeu_ps(target, value);
    add(a, b) => _mm512_add_ps(a, b);
    sub(a, b) => _mm512_sub_ps(a, b);
    mul(a, b) => _mm512_mul_ps(a, b);
    div(a, b) => {
        let inverse = _mm512_rcp14_ps(b);
        let quotient = _mm512_mul_ps(a, inverse);
        _mm512_fmadd_ps(_mm512_fnmadd_ps(b, quotient, a), inverse, quotient)
    };
    min(a, b) => _mm512_min_ps(a, b);
    max(a, b) => _mm512_max_ps(a, b);
    mul_add(a, b, c) => _mm512_fmadd_ps(a, b, c);
    scale(a, n) => _mm512_scalef_ps(a, n);
    power(a) => _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a);
    without(a, n) => _mm512_sub_ps(a, n);
    limit(a, b) => _mm512_min_ps(a, b);
}
