//! Windows of one length, sampled together.

use super::past::Continued;
use super::{Request, Vocoder};
use crate::Result;
use crate::diffusion::{Denoiser, Draw, Guided, NoiseSource, Sampler};
use crate::mel::Mel;
use crate::prior::Prior;

/// One window as the network sees it: everything `[samples]` of it, with its noise.
pub(super) struct Job<'a> {
    pub mel: &'a Mel,
    pub carrier: &'a [f32],
    pub noise: NoiseSource<'a>,
    /// How to sample it. Guidance is the same for all windows that are sampled together.
    pub request: &'a Request,
    /// Samples at the start of `mel` that are not sampled, for they were before: context of the conditioner.
    pub skip: usize,
    /// What went before, one history per step; empty where the window begins with nothing.
    pub histories: &'a mut [Vec<f32>],
}

impl<'a> Job<'a> {
    /// A window of its own.
    pub fn new(mel: &'a Mel, noise: NoiseSource<'a>, request: &'a Request) -> Self {
        Self { mel, carrier: &[], noise, request, skip: 0, histories: &mut [] }
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
        let guidance = jobs.first().map_or(1.0, |job| job.request.guidance);
        jobs.iter().try_for_each(|job| header.check_request(job.request.class, guidance))?;
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
        let labels: Vec<Option<usize>> = jobs.iter().map(|job| job.request.class).collect();
        let (mut continued, mut guided);
        let denoiser: &mut dyn Denoiser = match self.denoiser.causal() {
            Some(causal) if histories.iter().all(|histories| !histories.is_empty()) => {
                continued = Continued::new(causal, skip, histories);
                &mut continued
            }
            _ if guidance != 1.0 => {
                guided = Guided::new(self.denoiser.as_mut(), guidance);
                &mut guided
            }
            _ => self.denoiser.as_mut(),
        };
        denoiser.label(&labels)?;
        denoiser.condition(&mels, samples)?;
        let draws: Vec<Draw> = jobs
            .iter()
            .zip(&std)
            .map(|(job, std)| Draw {
                noise: job.noise,
                temperature: job.request.temperature * header.temperature,
                std: std.get(skip..).unwrap_or_default(),
                carrier: job.carrier,
            })
            .collect();
        self.sampling.run(denoiser, sampler, &draws, samples, on_step)
    }
}
