//! DiffWave against PyTorch, its formulas, and itself in pieces.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod engine;
mod history;
mod parity;
#[path = "../random/mod.rs"]
mod random;
mod reference;
mod shapes;
#[cfg(feature = "gpu")]
#[path = "../skipped/mod.rs"]
mod skipped;
#[path = "../weights/mod.rs"]
mod weights;
