//! Training: what can be learned, how it goes on and ends, and from which data.
#![cfg(feature = "train")]
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod bandwave;
#[path = "../unet1d/cases.rs"]
mod cases;
mod data;
mod gradients;
mod manners;
mod objectives;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[path = "../random/mod.rs"]
mod random;
mod runs;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[path = "../skipped/mod.rs"]
mod skipped;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod tiles;
mod training;
mod unet1d;
mod wavegrad;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[path = "../weights/mod.rs"]
mod weights;
