//! What the rest of the house asks of a network's configuration.

use std::fmt::Debug;
use std::ops::RangeInclusive;

use super::{Backend, Layout, Weights};
use crate::Result;
use crate::diffusion::{Condition, Denoiser};
use crate::mel::Dialect;

/// What a network is told of the noise in x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LevelKind {
    /// The step of its training schedule, which may lie between two.
    Steps,
    /// √ᾱ, the signal's scale in x, whatever schedule it comes from.
    SignalScales,
    /// The angle φ of x = cos φ·x₀ + sin φ·ε, without any schedule.
    Angles,
}

/// A network's configuration: everything of it but its weights, and the way to a network at rest on a device.
pub trait NetworkConfig: Debug {
    /// What networks of its kind are called.
    fn family(&self) -> &'static str;

    /// Its shape in some words.
    fn shape(&self) -> String;

    /// How it lies on time.
    fn layout(&self) -> Layout;

    /// Names and shapes of all weights.
    fn tensors(&self) -> Vec<(String, Vec<usize>)>;

    /// Refuses sizes that no network can have.
    ///
    /// # Errors
    /// Names `place`, the field, what was found and what was expected.
    fn validate(&self, place: &str) -> Result<()>;

    /// The levels that a call of it takes.
    fn levels(&self) -> RangeInclusive<f32>;

    /// Classes of sounds that labels tell apart; 0 for a network without labels.
    fn classes(&self) -> usize {
        0
    }

    /// What its levels are.
    fn level_kind(&self) -> LevelKind {
        LevelKind::Steps
    }

    /// Multiplications and additions, as two operations, per mel frame and call.
    fn operations(&self) -> f64;

    /// Something that it may be told beside mel frames and labels, for renders that nobody hears.
    fn some_condition(&self) -> Condition {
        Condition::default()
    }

    /// Steps of the training schedule, where the network holds on to their number.
    fn training_steps(&self) -> Option<usize> {
        None
    }

    /// Whether it says how large the variances of reverse steps are.
    fn learned_variance(&self) -> bool {
        false
    }

    /// Places a network with these (validated) weights, conditioned on mel frames of `dialect` if on any, on `backend`; on the
    /// CPU, `threads` threads compute it, the caller's being one of them.
    ///
    /// # Errors
    /// Where the device does not answer, the system gives no thread, or this build has no form of the network for it.
    fn denoiser(
        &self,
        weights: &Weights,
        dialect: Option<&Dialect>,
        backend: &Backend,
        threads: usize,
    ) -> Result<Box<dyn Denoiser>>;
}
