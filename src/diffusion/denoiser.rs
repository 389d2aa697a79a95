//! What a sampler sees of a network.

use super::{Condition, History, Prediction, WholeDenoiser};
use crate::{Error, Result, mel::Mel};

/// A network that predicts what is noise in a signal, at rest on one device.
///
/// A sampling calls [`Denoiser::condition`] once per batch of windows, then [`Denoiser::predict`] once per evaluation:
/// whatever depends on neither the signal nor the level is computed in the first call.
pub trait Denoiser: Send {
    /// What [`Denoiser::predict`] gives.
    fn predicts(&self) -> Prediction {
        Prediction::Noise
    }

    /// Sets the classes of the windows that are conditioned from now on: one label per window, none being the null label
    /// that a network without a class for them takes. Without labels at all, which is how a network begins, every
    /// window has the null label.
    ///
    /// # Errors
    /// Where a label is no class of the network; it has none unless it says otherwise.
    fn label(&mut self, labels: &[Option<usize>]) -> Result<()> {
        match labels.iter().flatten().next() {
            Some(label) => Err(Error::invalid("network", "label", label, "none: it has no classes")),
            None => Ok(()),
        }
    }

    /// Sets what the windows that are conditioned from now on are told beside mel frames and labels.
    ///
    /// # Errors
    /// Where it is not what the network is told; a network is told nothing unless it says otherwise.
    fn tell(&mut self, condition: &Condition) -> Result<()> {
        match *condition == Condition::default() {
            true => Ok(()),
            false => Err(Error::invalid("network", "condition", "one", "none: it is told nothing")),
        }
    }

    /// Sets how many mel frames after its own a value is conditioned on, for networks that leave that open: at most so many,
    /// in the windows that are conditioned from now on. All that it can take is how a network begins.
    fn look_ahead(&mut self, _frames: usize) {}

    /// Sets the batch that the following predictions work on: `mels` holds one spectrogram per window, all of
    /// the same length and with `values` values of x each. An unconditional network takes empty spectrograms.
    fn condition(&mut self, mels: &[&Mel], values: usize) -> Result<()>;

    /// How many windows of `values` values a batch has at most: where each takes so much memory that nothing is won by
    /// having several in it.
    fn windows_at_once(&self, _values: usize) -> usize {
        usize::MAX
    }

    /// Predicts from `x` at `level` into `eps`, both `[batch, values]` row-major.
    ///
    /// `level` is what the network takes: a discrete or real-valued step (DiffWave), √ᾱ (WaveGrad), σ, t, or an angle
    /// (BandWave).
    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()>;

    /// Where the last prediction's variances lie, `[batch, values]` row-major: from the logarithm of the least that a
    /// step may have, 0, to that of the largest, 1 (Nichol and Dhariwal 2021, equation 15). None where the network
    /// learns none.
    fn variances(&self) -> Option<&[f32]> {
        None
    }

    /// Networks on the same weights, each for a thread of its own: as many as threads compute this one, for batches whose
    /// windows need not meet at every evaluation. None where one thread computes, or where a device is shared.
    ///
    /// # Errors
    /// Where the system refuses one.
    fn side_by_side(&self) -> Result<Vec<Box<dyn Denoiser>>> {
        Ok(Vec::new())
    }

    /// The network as one that takes the conditioned batch through a sampling of so many `evaluations` at once; none where x comes
    /// back after each, as it does where nothing is lost by it, or where a device would be held for long.
    fn whole(&mut self, _evaluations: usize) -> Option<&mut dyn WholeDenoiser> {
        None
    }

    /// The network as one that goes on with a signal where it stood; none where it looks ahead, or where its device
    /// keeps no histories.
    fn causal(&mut self) -> Option<&mut dyn CausalDenoiser> {
        None
    }
}

/// A causal network that goes on with signals where they stood, so that each sample is computed once.
///
/// What a prediction leaves for the values after its own is a history: one per signal and evaluation of the sampler.
pub trait CausalDenoiser: Denoiser {
    /// The history of nothing.
    fn new_history(&self) -> History;

    /// [`Denoiser::condition`] for windows that go on: of the values that `mels` have, the first `skip` are left
    /// out.
    fn condition_after(&mut self, mels: &[&Mel], skip: usize, values: usize) -> Result<()>;

    /// [`Denoiser::predict`] after `histories`, one per window, which go along to the end of `x`.
    fn predict_after(
        &mut self,
        x: &[f32],
        level: f32,
        eps: &mut [f32],
        histories: &mut [&mut History],
    ) -> Result<()>;
}
