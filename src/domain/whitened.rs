//! Audio without its spectral envelope.

use super::{Domain, SpectralFilter, SpectralPrior, limit};
use crate::mel::{Dialect, Mel};

/// The domain of networks that diffuse what the mel frames have whitened.
#[derive(Clone)]
pub struct Whitened {
    filter: SpectralFilter,
    hop: usize,
    reach_frames: usize,
}

impl Whitened {
    /// Audio whitened by mel frames of `dialect`.
    pub fn new(prior: SpectralPrior, dialect: &Dialect) -> Self {
        let filter = SpectralFilter::new(prior, dialect);
        Self { filter, hop: dialect.hop, reach_frames: prior.reach_frames(dialect.hop) }
    }
}

impl Domain for Whitened {
    fn frame_values(&self) -> usize {
        self.hop
    }

    fn reach_frames(&self) -> usize {
        self.reach_frames
    }

    fn noise_std(&self, _: &Mel) -> Vec<f32> {
        Vec::new()
    }

    fn encode(&mut self, mel: &Mel, audio: &[f32]) -> Vec<f32> {
        let mut x = audio[..audio.len().min(mel.frames() * self.hop)].to_vec();
        self.filter.whiten(mel, &mut x);
        x
    }

    fn decode(&mut self, mel: &Mel, mut x: Vec<f32>) -> Vec<f32> {
        self.filter.shape(mel, &mut x);
        limit(&mut x);
        x
    }
}
