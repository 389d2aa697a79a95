//! Windows of one length, sampled together.

use super::continued::Continued;
use super::fitted::Fitted;
use super::input::Input;
use super::pipeline::Pipeline;
use crate::Result;
use crate::diffusion::{Denoiser, Draw, Guided, Prediction, Sampling, SamplingPlan};
use crate::domain::Fit;
use crate::mel::Mel;

impl Pipeline {
    /// Samples windows of `values` values together. Gives `[inputs, values]` row-major.
    pub(super) fn sample(
        &mut self,
        plan: &SamplingPlan,
        inputs: Vec<Input>,
        values: usize,
        on_evaluation: &mut dyn FnMut(),
    ) -> Result<&[f32]> {
        self.sample_by(inputs, values, |sampling, denoiser, draws| {
            sampling.run(denoiser, plan, draws, values, on_evaluation)
        })
    }

    /// Samples windows of `values` values in the way `how`, which gets the network conditioned on them, and a draw for each.
    pub(super) fn sample_by<'p, T: 'p>(
        &'p mut self,
        inputs: Vec<Input>,
        values: usize,
        how: impl FnOnce(&'p mut Sampling, &mut dyn Denoiser, &[Draw]) -> Result<T>,
    ) -> Result<T> {
        let header = self.model.header();
        let guidance = inputs.first().map_or(1.0, |input| input.request.guidance);
        let skip = inputs.first().map_or(0, |input| input.skip);
        let look_ahead_frames = inputs.first().map_or(0, |input| input.request.look_ahead_frames);
        let goes_on = inputs.iter().all(|input| !input.histories.is_empty());
        let told: Vec<&Mel> = inputs.iter().map(|input| input.told).collect();
        let mels: Vec<&Mel> = inputs.iter().map(|input| input.mel).collect();
        let std: Vec<Vec<f32>> = mels.iter().map(|mel| self.domain.noise_std(mel)).collect();
        let labels: Vec<Option<usize>> = inputs.iter().map(|input| input.request.class).collect();
        let draws: Vec<Draw> = inputs
            .iter()
            .zip(&std)
            .map(|(input, std)| Draw {
                noise: input.noise,
                temperature: input.request.temperature * header.temperature,
                std: std.get(skip..).unwrap_or_default(),
                carrier: input.carrier,
            })
            .collect();
        let fits: Vec<(&Mel, Fit)> = inputs
            .iter()
            .map(|input| (input.mel, Fit { share: input.request.fit, detail: input.request.detail }))
            .collect();
        let (mut continued, mut guided, mut fitted);
        let denoiser: &mut dyn Denoiser = match self.denoiser.causal() {
            Some(causal) if goes_on => {
                let histories = inputs.into_iter().map(|input| input.histories).collect();
                continued = Continued::new(causal, skip, histories);
                &mut continued
            }
            _ if guidance != 1.0 => {
                guided = Guided::new(self.denoiser.as_mut(), guidance);
                &mut guided
            }
            _ => self.denoiser.as_mut(),
        };
        let denoiser: &mut dyn Denoiser = match self.domain.fits() && denoiser.predicts() == Prediction::Signal
        {
            true => {
                let first = skip / self.layout.frame_values();
                fitted = Fitted::new(denoiser, self.domain.as_mut(), fits, first);
                &mut fitted
            }
            false => denoiser,
        };
        denoiser.label(&labels)?;
        denoiser.look_ahead(look_ahead_frames);
        denoiser.condition(&told, values)?;
        how(&mut self.sampling, denoiser, &draws)
    }
}
