//! Eight lanes of AVX2 with FMA.

use std::arch::x86_64::*;

use crate::kernel::lanes::{Work, lanes};

/// Runs a block of a work.
#[target_feature(enable = "avx2,fma")]
pub(super) fn run<W: Work>(work: &W, block: usize, scratch: &mut W::Scratch) {
    work.run::<Avx2>(block, scratch);
}

lanes! {
    Avx2(__m256), lanes 8, panel 2;
    splat(value) => _mm256_set1_ps(value);
    load(source) => _mm256_loadu_ps(source);
    store(value, target) => _mm256_storeu_ps(target, value);
    add(a, b) => _mm256_add_ps(a, b);
    sub(a, b) => _mm256_sub_ps(a, b);
    mul(a, b) => _mm256_mul_ps(a, b);
    div(a, b) => {
        let inverse = _mm256_rcp_ps(b);
        let quotient = _mm256_mul_ps(a, inverse);
        _mm256_fmadd_ps(_mm256_fnmadd_ps(b, quotient, a), inverse, quotient)
    };
    min(a, b) => _mm256_min_ps(a, b);
    max(a, b) => _mm256_max_ps(a, b);
    mul_add(a, b, c) => _mm256_fmadd_ps(a, b, c);
    scale(a, n) => {
        let shifted = _mm256_slli_epi32::<23>(_mm256_castps_si256(n));
        _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), shifted))
    };
}
