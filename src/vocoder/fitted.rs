//! A network whose predictions are held to their mel frames.

use crate::Result;
use crate::diffusion::{Denoiser, History, Prediction, Way, WholeDenoiser};
use crate::domain::{Domain, Fit};
use crate::mel::Mel;

/// A network that predicts signals, each scaled so that it says of itself what its mel frame says.
pub(super) struct Fitted<'a> {
    denoiser: &'a mut dyn Denoiser,
    domain: &'a mut dyn Domain,
    /// Per window its mel frames, of which those from `first` on are sampled, and how far they count.
    windows: Vec<(&'a Mel, Fit)>,
    first: usize,
}

impl<'a> Fitted<'a> {
    /// `denoiser` held to the mel frames of `windows` from frame `first` on, as `domain` can.
    pub fn new(
        denoiser: &'a mut dyn Denoiser,
        domain: &'a mut dyn Domain,
        windows: Vec<(&'a Mel, Fit)>,
        first: usize,
    ) -> Self {
        Self { denoiser, domain, windows, first }
    }
}

impl Denoiser for Fitted<'_> {
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
        self.denoiser.condition(mels, values)
    }

    fn predict(&mut self, x: &[f32], level: f32, x0: &mut [f32]) -> Result<()> {
        self.denoiser.predict(x, level, x0)?;
        let (values, frame_values) = (x0.len() / self.windows.len(), self.domain.frame_values());
        for (x0, (mel, fit)) in x0.chunks_exact_mut(values).zip(&self.windows) {
            for (index, x0) in x0.chunks_exact_mut(frame_values).enumerate() {
                self.domain.fit(mel.frame(self.first + index), *fit, x0);
            }
        }
        Ok(())
    }

    fn whole(&mut self, evaluations: usize) -> Option<&mut dyn WholeDenoiser> {
        self.denoiser.whole(evaluations).is_some().then_some(self)
    }
}

impl WholeDenoiser for Fitted<'_> {
    fn sample(&mut self, way: Way, x: &mut [f32], histories: &mut [&mut [History]]) -> Result<()> {
        let frames = x.len() / self.windows.len() / self.domain.frame_values();
        let fit = self.domain.fit_of(&self.windows, self.first..self.first + frames);
        let whole = self.denoiser.whole(way.steps.len());
        whole.expect("has been asked for").sample(Way { fit, ..way }, x, histories)
    }
}
