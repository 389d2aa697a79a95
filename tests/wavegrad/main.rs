//! WaveGrad against PyTorch and its formulas.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod formulas;
mod parity;
#[path = "../random/mod.rs"]
mod random;
mod shapes;
#[cfg(feature = "gpu")]
#[path = "../skipped/mod.rs"]
mod skipped;
