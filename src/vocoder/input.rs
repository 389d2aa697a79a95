//! What goes into a network.

use crate::diffusion::{History, NoiseSource};
use crate::mel::Mel;
use crate::render::Request;

/// What sampling a task takes of its window.
pub(super) struct Encoded {
    /// The mel frames that condition it, where they are others than `mel`.
    pub told: Option<Mel>,
    pub mel: Mel,
    /// In the network's domain; empty where sampling starts from noise alone.
    pub carrier: Vec<f32>,
}

/// One window as the network sees it.
pub(super) struct Input<'a> {
    /// What conditions it.
    pub told: &'a Mel,
    /// What it is to sound like.
    pub mel: &'a Mel,
    /// What is noised where sampling starts from a carrier, in the network's domain, `[values]`, else empty.
    pub carrier: &'a [f32],
    pub noise: NoiseSource<'a>,
    /// How to sample it. Guidance is the same for all windows that are sampled together.
    pub request: &'a Request,
    /// Values at the start of `mel` that are not sampled: context of the conditioner.
    pub skip: usize,
    /// What the network keeps of each evaluation; empty where the window begins with nothing.
    pub histories: &'a mut [History],
}

impl<'a> Input<'a> {
    /// A window from noise alone.
    pub fn new(mel: &'a Mel, noise: NoiseSource<'a>, request: &'a Request) -> Self {
        Self { told: mel, mel, carrier: &[], noise, request, skip: 0, histories: &mut [] }
    }
}
