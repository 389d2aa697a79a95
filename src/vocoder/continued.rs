//! A causal network that goes on where signals stand.

use crate::Result;
use crate::diffusion::{CausalDenoiser, Denoiser, History, Prediction, Way, WholeDenoiser};
use crate::mel::Mel;

/// A causal network after histories: its predictions are those of a sampling's evaluations, one after another.
pub(super) struct Continued<'a> {
    denoiser: &'a mut dyn CausalDenoiser,
    /// Values at the start of the spectrograms that have been predicted before: context of the conditioner.
    skip: usize,
    /// Per window, one per evaluation.
    histories: Vec<&'a mut [History]>,
    evaluation: usize,
}

impl<'a> Continued<'a> {
    /// The network after `histories`, for windows whose first `skip` values have been predicted.
    pub fn new(denoiser: &'a mut dyn CausalDenoiser, skip: usize, histories: Vec<&'a mut [History]>) -> Self {
        Self { denoiser, skip, histories, evaluation: 0 }
    }
}

impl Denoiser for Continued<'_> {
    fn predicts(&self) -> Prediction {
        self.denoiser.predicts()
    }

    fn label(&mut self, labels: &[Option<usize>]) -> Result<()> {
        self.denoiser.label(labels)
    }

    fn look_ahead(&mut self, frames: usize) {
        self.denoiser.look_ahead(frames);
    }

    fn condition(&mut self, mels: &[&Mel], values: usize) -> Result<()> {
        self.denoiser.condition_after(mels, self.skip, values)
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        let evaluation = self.evaluation;
        self.evaluation += 1;
        let mut histories: Vec<&mut History> =
            self.histories.iter_mut().map(|evaluations| &mut evaluations[evaluation]).collect();
        self.denoiser.predict_after(x, level, eps, &mut histories)
    }

    fn whole(&mut self, evaluations: usize) -> Option<&mut dyn WholeDenoiser> {
        self.denoiser.whole(evaluations).is_some().then_some(self)
    }
}

impl WholeDenoiser for Continued<'_> {
    fn sample(&mut self, way: Way, x: &mut [f32], _: &mut [&mut [History]]) -> Result<()> {
        let whole = self.denoiser.whole(way.steps.len());
        whole.expect("has been asked for").sample(way, x, &mut self.histories)
    }
}
