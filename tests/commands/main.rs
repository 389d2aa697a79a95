//! The program `remel` as its users run it.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

#[path = "../unet1d/cases.rs"]
mod cases;
mod command;
mod cpu_alone;
#[path = "../difference/mod.rs"]
mod difference;
mod example_models;
mod field;
mod line;
mod output;
#[path = "../hostile/targets/pages.rs"]
mod pages;
mod pictures;
#[cfg(unix)]
mod pipes;
#[path = "../random/mod.rs"]
mod random;
mod sigma;
#[path = "../skipped/mod.rs"]
mod skipped;
mod unet1d;
mod wavegrad;
