//! Classifier-free guidance.

use super::{Denoiser, Prediction};
use crate::Result;
use crate::mel::Mel;

/// A network with labels whose predictions go beyond what the label changes of them (Ho and Salimans 2022, equation 6):
/// ε = ε_null + scale·(ε_label − ε_null). Scale 1 is the network itself; each call costs two.
pub struct Guided<'a> {
    denoiser: &'a mut dyn Denoiser,
    scale: f32,
    x: Vec<f32>,
    eps: Vec<f32>,
}

impl<'a> Guided<'a> {
    /// `denoiser` guided by `scale`.
    pub fn new(denoiser: &'a mut dyn Denoiser, scale: f32) -> Self {
        Self { denoiser, scale, x: Vec::new(), eps: Vec::new() }
    }
}

impl Denoiser for Guided<'_> {
    fn predicts(&self) -> Prediction {
        self.denoiser.predicts()
    }

    fn label(&mut self, labels: &[Option<usize>]) -> Result<()> {
        self.denoiser.label(&[labels, &vec![None; labels.len()]].concat())
    }

    fn look_ahead(&mut self, frames: usize) {
        self.denoiser.look_ahead(frames);
    }

    fn condition(&mut self, mels: &[&Mel], values: usize) -> Result<()> {
        self.denoiser.condition(&[mels, mels].concat(), values)
    }

    /// Those of the labelled prediction: guidance is about the mean.
    fn variances(&self) -> Option<&[f32]> {
        self.denoiser.variances().map(|all| &all[..all.len() / 2])
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        self.x.clear();
        self.x.extend([x, x].iter().copied().flatten());
        self.eps.resize(self.x.len(), 0.0);
        self.denoiser.predict(&self.x, level, &mut self.eps)?;
        let (labelled, null) = self.eps.split_at(x.len());
        for ((eps, labelled), null) in eps.iter_mut().zip(labelled).zip(null) {
            *eps = null + self.scale * (labelled - null);
        }
        Ok(())
    }
}
