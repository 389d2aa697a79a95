//! What a sampler sees of a network.

use crate::{Result, mel::Mel};

/// A network that predicts noise, at rest on one device.
///
/// Samplers call [`Denoiser::condition`] once per batch of windows, then [`Denoiser::predict`] once per step:
/// whatever depends on neither the signal nor the step is computed in the first call.
pub trait Denoiser: Send {
    /// Sets the batch that the following predictions work on: `mels` holds one spectrogram per window, all of
    /// the same length and with `samples` samples each. An unconditional network takes empty spectrograms.
    fn condition(&mut self, mels: &[&Mel], samples: usize) -> Result<()>;

    /// Predicts the noise in `x` at `level` into `eps`, both `[batch, samples]` row-major.
    ///
    /// `level` is what the network takes: a discrete or real-valued step (DiffWave), √ᾱ (WaveGrad), σ or t.
    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()>;
}
