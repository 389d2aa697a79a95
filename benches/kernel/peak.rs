//! The machine's own peak in `f32`: a matrix product through the `gemm` crate.

use std::time::{Duration, Instant};

/// Rows and columns of the product.
const PRODUCT: usize = 1024;
/// Repetitions, of which the fastest counts.
const REPETITIONS: usize = 7;

/// FLOP/s of the product.
pub fn measure(threads: usize) -> f64 {
    let fastest = (0..REPETITIONS).map(|_| product(threads)).min().unwrap_or_default();
    2.0 * (PRODUCT as f64).powi(3) / fastest.as_secs_f64()
}

fn product(threads: usize) -> Duration {
    let n = PRODUCT;
    let stride = n as isize;
    let (a, b, mut c) = (vec![1.0f32; n * n], vec![0.5f32; n * n], vec![0.0f32; n * n]);
    let parallelism = if threads > 1 { gemm::Parallelism::Rayon(threads) } else { gemm::Parallelism::None };
    let start = Instant::now();
    // SAFETY: three column-major matrices of n·n values each, of which the first is borrowed mutably.
    unsafe {
        gemm::gemm(
            n,
            n,
            n,
            c.as_mut_ptr(),
            stride,
            1,
            false,
            a.as_ptr(),
            stride,
            1,
            b.as_ptr(),
            stride,
            1,
            0.0,
            1.0,
            false,
            false,
            false,
            parallelism,
        );
    }
    let elapsed = start.elapsed();
    assert!(c.iter().all(|value| *value == 0.5 * n as f32), "gemm multiplies");
    elapsed
}
