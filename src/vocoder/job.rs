//! Windows of one length, sampled together.

use super::Vocoder;
use super::past::Continued;
use crate::Result;
use crate::diffusion::{Denoiser, Draw, NoiseSource, Sampler};
use crate::mel::Mel;
use crate::prior::Prior;

/// One window as the network sees it: everything `[samples]` of it, with its noise.
pub(super) struct Job<'a> {
    pub mel: &'a Mel,
    pub carrier: &'a [f32],
    pub noise: NoiseSource<'a>,
    pub temperature: f32,
    /// Samples at the start of `mel` that are not sampled, for they were before: context of the conditioner.
    pub skip: usize,
    /// What went before, one history per step; empty where the window begins with nothing.
    pub histories: &'a mut [Vec<f32>],
}

impl<'a> Job<'a> {
    /// A window of its own.
    pub fn new(mel: &'a Mel, carrier: &'a [f32], noise: NoiseSource<'a>, temperature: f32) -> Self {
        Self { mel, carrier, noise, temperature, skip: 0, histories: &mut [] }
    }
}

impl Vocoder {
    /// Samples windows of one length together, in the domain of the model's prior. Gives `[jobs, samples]` row-major.
    pub(super) fn run(
        &mut self,
        sampler: &Sampler,
        jobs: &mut [Job],
        samples: usize,
        on_step: &mut dyn FnMut(),
    ) -> Result<&[f32]> {
        let header = self.model.header();
        let skip = jobs.first().map_or(0, |job| job.skip);
        let histories: Vec<_> = jobs.iter_mut().map(|job| std::mem::take(&mut job.histories)).collect();
        let std: Vec<Vec<f32>> = jobs
            .iter()
            .map(|job| match (&header.prior, &header.dialect) {
                (Some(Prior::Energy(prior)), Some(dialect)) => prior.std(job.mel, dialect),
                _ => Vec::new(),
            })
            .collect();
        let mels: Vec<&Mel> = jobs.iter().map(|job| job.mel).collect();
        let mut continued;
        let denoiser: &mut dyn Denoiser = match self.denoiser.causal() {
            Some(causal) if histories.iter().all(|histories| !histories.is_empty()) => {
                continued = Continued::new(causal, skip, histories);
                &mut continued
            }
            _ => self.denoiser.as_mut(),
        };
        denoiser.condition(&mels, samples)?;
        let draws: Vec<Draw> = jobs
            .iter()
            .zip(&std)
            .map(|(job, std)| Draw {
                noise: job.noise,
                temperature: job.temperature * header.temperature,
                std: std.get(skip..).unwrap_or_default(),
                carrier: job.carrier,
            })
            .collect();
        self.sampling.run(denoiser, sampler, &draws, samples, on_step)
    }
}
