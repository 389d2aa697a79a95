//! Audio as it is.

use super::{Domain, EnergyPrior};
use crate::mel::{Dialect, Mel};

/// The domain of networks that diffuse audio itself, with noise of unit variance or as loud as its frame.
#[derive(Clone, Debug)]
pub struct Waveform {
    hop: usize,
    prior: Option<(EnergyPrior, Dialect)>,
}

impl Waveform {
    /// Audio in frames of `hop` samples, and noise of unit variance.
    pub fn new(hop: usize) -> Self {
        Self { hop, prior: None }
    }

    /// Audio under mel frames of `dialect`, and noise as loud as those are.
    pub fn with_prior(prior: EnergyPrior, dialect: &Dialect) -> Self {
        Self { hop: dialect.hop, prior: Some((prior, dialect.clone())) }
    }
}

impl Domain for Waveform {
    fn frame_values(&self) -> usize {
        self.hop
    }

    fn reach_frames(&self) -> usize {
        0
    }

    fn noise_std(&self, mel: &Mel) -> Vec<f32> {
        self.prior.as_ref().map_or(Vec::new(), |(prior, dialect)| prior.std(mel, dialect))
    }

    fn encode(&mut self, mel: &Mel, audio: &[f32]) -> Vec<f32> {
        audio[..audio.len().min(mel.frames() * self.hop)].to_vec()
    }

    fn decode(&mut self, _: &Mel, x: Vec<f32>) -> Vec<f32> {
        x
    }
}
