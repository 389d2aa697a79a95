//! DiffWave against PyTorch, its formulas, and itself in pieces.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

#[cfg(feature = "gpu")]
#[path = "../device/mod.rs"]
mod device;
#[path = "../difference/mod.rs"]
mod difference;
mod engine;
mod history;
mod parity;
#[path = "../random/mod.rs"]
mod random;
mod reference;
mod shapes;
#[path = "../weights/mod.rs"]
mod weights;
