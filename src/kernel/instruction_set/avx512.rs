//! Sixteen lanes of AVX-512.

use std::arch::x86_64::*;

use crate::kernel::lanes::lanes;
use crate::kernel::stage::{Scratch, Stage};

/// Runs a block of a stage.
#[target_feature(enable = "avx512f")]
pub(super) fn run(stage: &Stage, block: usize, scratch: &mut Scratch) {
    stage.run::<Avx512>(block, scratch);
}

lanes! {
    Avx512(__m512), lanes 16, panel 4;
    splat(value) => _mm512_set1_ps(value);
    load(source) => _mm512_loadu_ps(source);
    store(value, target) => _mm512_storeu_ps(target, value);
    add(a, b) => _mm512_add_ps(a, b);
    sub(a, b) => _mm512_sub_ps(a, b);
    mul(a, b) => _mm512_mul_ps(a, b);
    div(a, b) => _mm512_div_ps(a, b);
    min(a, b) => _mm512_min_ps(a, b);
    max(a, b) => _mm512_max_ps(a, b);
    mul_add(a, b, c) => _mm512_fmadd_ps(a, b, c);
    scale(a, n) => {
        let shifted = _mm512_slli_epi32::<23>(_mm512_castps_si512(n));
        _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a), shifted))
    };
}
