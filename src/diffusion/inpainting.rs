//! Inpainting: what is missing of a signal is made to fit what is there (RePaint, Lugmayr et al. 2022, arXiv 2201.09865,
//! algorithm 1), in the order of audio-diffusion-pytorch 0.0.60 and with any sampler.

use super::gaussians::Gaussians;
use super::sampling::clamp;
use super::{Clamp, Denoiser, Draw, Sampling, SamplingPlan};
use crate::Result;

/// What is there of a signal, and how the rest is found.
#[derive(Clone, Copy, Debug)]
pub struct Inpainting<'a> {
    /// The signal, `[values]`.
    pub source: &'a [f32],
    /// What of it is kept, `[values]`.
    pub kept: &'a [bool],
    /// How often every step is taken, at least once: before each time but the first x is noised again to where the step began,
    /// so that both parts come to fit.
    pub resamples: usize,
}

impl Inpainting<'_> {
    /// Rows of Gaussians that it takes along `plan`: the start's; then in every step one for the source, one for each time the
    /// step is taken, and one for each time that x is noised again.
    pub fn rows(plan: &SamplingPlan, resamples: usize) -> usize {
        1 + 2 * resamples * plan.levels.len()
    }

    /// Calls of the network along `plan`.
    pub fn calls(plan: &SamplingPlan, resamples: usize) -> usize {
        resamples * plan.sampler.evaluations().len()
    }

    /// Samples with `denoiser`, which has been conditioned on the one window that there is. `[values]`: what is kept is as it is
    /// in the source, the rest limited as `plan` says.
    ///
    /// # Errors
    /// Those of the network.
    pub fn run<'s>(
        &self,
        sampling: &'s mut Sampling,
        denoiser: &mut dyn Denoiser,
        plan: &SamplingPlan,
        draw: &Draw,
        on_evaluation: &mut dyn FnMut(),
    ) -> Result<&'s [f32]> {
        let values = self.source.len();
        let mut noisy = vec![0.0; values];
        let mut z = vec![0.0; values];
        let draws = std::slice::from_ref(draw);
        sampling.start(plan.start, draws, values);
        let mut row = 0;
        for (level, evaluations) in plan.levels.iter().zip(plan.sampler.steps()) {
            row += 1;
            noisy.copy_from_slice(self.source);
            add(&mut noisy, level.signal, level.noise, &mut Gaussians::new(draw, row, &mut z));
            for again in (0..self.resamples).rev() {
                self.keep(&noisy, &mut sampling.x);
                row += 1;
                for index in evaluations.clone() {
                    sampling.evaluate(denoiser, plan, draws, [index, row])?;
                    on_evaluation();
                }
                if again > 0 {
                    row += 1;
                    let scale = level.signal / level.next_signal;
                    let added = level.noise.powi(2) - (scale * level.next_noise).powi(2);
                    let mut noise = Gaussians::new(draw, row, &mut z);
                    add(&mut sampling.x, scale, added.max(0.0).sqrt(), &mut noise);
                }
            }
        }
        if plan.clamp != Clamp::Never {
            clamp(&mut sampling.x);
        }
        self.keep(self.source, &mut sampling.x);
        Ok(&sampling.x)
    }

    /// Puts what is kept of `source` into `x`.
    fn keep(&self, source: &[f32], x: &mut [f32]) {
        for ((x, source), kept) in x.iter_mut().zip(source).zip(self.kept) {
            if *kept {
                *x = *source;
            }
        }
    }
}

/// x ← scale·x + deviation·z
fn add(x: &mut [f32], scale: f64, deviation: f64, noise: &mut Gaussians) {
    noise.draw();
    let (scale, deviation) = (scale as f32, deviation as f32 * noise.temperature());
    for (i, x) in x.iter_mut().enumerate() {
        *x = scale * *x + deviation * noise.std(i) * noise.value(i);
    }
}
