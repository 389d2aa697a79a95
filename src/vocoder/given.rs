//! Rendering with every Gaussian given, to be compared with other implementations.

use super::job::Job;
use super::piece::Piece;
use super::{Request, Vocoder};
use crate::diffusion::NoiseSource;
use crate::mel::Mel;
use crate::network::DiffWaveConfig;
use crate::{Error, Result};

impl Vocoder {
    /// Synthesizes `mel` in one window with every Gaussian given: `[steps, samples]`, row 0 being x_T and row k what
    /// is added after reverse step k.
    pub fn synthesize_with_noise(&mut self, mel: &Mel, noise: &[f32], request: &Request) -> Result<Vec<f32>> {
        let sampler = self.model.sampler(&request.schedule, 1.0)?;
        let samples = noise.len() / sampler.steps.len().max(1);
        let job = Job::new(mel, NoiseSource::Given(noise), request);
        let mut sampled = self.run(&sampler, &mut [job], samples, &mut || ())?.to_vec();
        let output_frames = 0..samples.div_ceil(DiffWaveConfig::HOP);
        let piece = Piece { output_frames, samples, ..self.piece(mel, request) };
        let mut audio = Vec::new();
        self.forget_signal(None);
        self.finish(&piece, &mut sampled, 0, &mut audio);
        Ok(audio)
    }
}

/// Refuses noise that is not `[steps, samples]`.
///
/// # Errors
/// Names `place` and both shapes.
pub fn check_noise(place: &str, shape: &[usize], steps: usize, samples: usize) -> Result<()> {
    if shape == [steps, samples] || (steps == 1 && shape == [samples]) {
        return Ok(());
    }
    let expected = format!("[{steps}, {samples}] (steps, samples)");
    Err(Error::invalid(place, "shape", format!("{shape:?}"), expected))
}
