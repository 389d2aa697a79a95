//! BandWave on the CPU: a few percent of a core.
//!
//! Tokens lie frame by frame and band by band, their channels side by side, so that any tap is a choice of rows. In the order
//! of the data: `condition` once per batch, then per evaluation `level`, `ends`, `layer` after layer, `ends`; `job`
//! runs them over a few frames of a window at a time, which stay in the second cache, `network` has the windows of a batch, and
//! `history` keeps what the next frames look back at.

mod condition;
mod denoiser;
mod ends;
mod history;
mod job;
mod layer;
mod level;
mod network;
mod packed;

pub use denoiser::BandWaveCpu;
