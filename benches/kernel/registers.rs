//! An instruction set's own peak in `f32`: products of registers alone, without memory.

use remel::kernel::InstructionSet;

use super::best;

/// Sums that go on beside each other: more than the latency of a product times the units that there are.
const SUMS: usize = 12;
/// Products per sum of a measurement.
const PRODUCTS: usize = 1 << 22;
const REPETITIONS: usize = 5;

/// FLOP/s of `threads` threads; none for a set without fused products.
pub fn measure(set: InstructionSet, threads: usize) -> Option<f64> {
    let (work, lanes): (unsafe fn(), usize) = match set {
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 => (x86::avx2, 8),
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 => (x86::avx512, 16),
        #[cfg(target_arch = "aarch64")]
        InstructionSet::Neon => (arm::neon, 4),
        _ => return None,
    };
    assert!(InstructionSet::available().any(|other| other == set), "a machine with {set}");
    let seconds = best(REPETITIONS, || {
        std::thread::scope(|scope| {
            for _ in 0..threads {
                // SAFETY: the machine has the set.
                scope.spawn(move || unsafe { work() });
            }
        });
    });
    Some((2 * SUMS * PRODUCTS * lanes * threads) as f64 / seconds)
}

/// A function `$name` that makes the products in registers of the set with `$feature`.
macro_rules! products {
    ($name:ident, $feature:literal, $splat:expr, $product:expr) => {
        #[target_feature(enable = $feature)]
        pub fn $name() {
            let (a, b) = (black_box($splat(0.5)), black_box($splat(0.25)));
            let mut sums = [$splat(0.0); super::SUMS];
            for _ in 0..super::PRODUCTS {
                for sum in &mut sums {
                    *sum = $product(*sum, a, b);
                }
            }
            black_box(sums);
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;
    use std::hint::black_box;

    products!(avx2, "avx2,fma", |value| _mm256_set1_ps(value), |sum, a, b| _mm256_fmadd_ps(sum, a, b));
    products!(avx512, "avx512f", |value| _mm512_set1_ps(value), |sum, a, b| _mm512_fmadd_ps(sum, a, b));
}

#[cfg(target_arch = "aarch64")]
mod arm {
    use std::arch::aarch64::*;
    use std::hint::black_box;

    products!(neon, "neon", |value| vdupq_n_f32(value), |sum, a, b| vfmaq_f32(b, sum, a));
}
