//! What networks without mel make of sound that is there: inpainted, or gone on with.

use super::Vocoder;
use super::input::Input;
use crate::diffusion::{Clamp, Composition, Inpainting, Noise, NoiseSource, SamplingPlan};
use crate::mel::Mel;
use crate::render::Request;
use crate::{Error, Result};

impl Vocoder {
    /// Makes anew what of a signal is not kept, in one window. Noise is that of the request's seed, or every Gaussian is given:
    /// `[rows, values]`, as many rows as [`Inpainting::rows`] says, row k being the k-th draw.
    ///
    /// # Errors
    /// Where the network takes mel frames, the request cannot be met, or the device fails.
    pub fn inpaint(
        &mut self,
        inpainting: &Inpainting,
        noise: Option<&[f32]>,
        request: &Request,
        on_evaluation: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f32>> {
        let Inpainting { source, resamples, .. } = *inpainting;
        let plan = self.plan_of_windows(request, resamples)?;
        let noise = noise_source(noise, request, Inpainting::rows(&plan, resamples) * source.len())?;
        let (mut done, all) = (0, Inpainting::calls(&plan, resamples));
        let mut count = || {
            done += 1;
            on_evaluation(done, all);
        };
        let (mel, values) = (Mel::default(), source.len());
        let input = vec![Input::new(&mel, noise, request)];
        self.pipeline.sample_by(input, values, |sampling, denoiser, draws| {
            inpainting.run(sampling, denoiser, &plan, &draws[0], &mut count).map(<[f32]>::to_vec)
        })
    }

    /// Goes on with a signal, a span after the other. Noise as of [`Vocoder::inpaint`], rows as [`Composition::rows`] says.
    ///
    /// # Errors
    /// Where the network takes mel frames, the request cannot be met, or the device fails.
    pub fn compose(
        &mut self,
        composition: &Composition,
        noise: Option<&[f32]>,
        request: &Request,
        on_evaluation: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f32>> {
        let Composition { start, spans, resamples, .. } = *composition;
        let plan = self.plan_of_windows(request, resamples)?;
        let noise = noise_source(noise, request, composition.rows(&plan) * start.len())?;
        let (mut done, all) = (0, spans * Inpainting::calls(&plan, resamples));
        let mut count = || {
            done += 1;
            on_evaluation(done, all);
        };
        let (mel, values) = (Mel::default(), start.len());
        let input = vec![Input::new(&mel, noise, request)];
        self.pipeline.sample_by(input, values, |sampling, denoiser, draws| {
            composition.run(sampling, denoiser, &plan, &draws[0], &mut count)
        })
    }

    /// The sampling that `request` asks for of windows without mel, whose steps are taken `resamples` times.
    fn plan_of_windows(&self, request: &Request, resamples: usize) -> Result<SamplingPlan> {
        let model = &self.pipeline.model;
        model.check_unconditional()?;
        model.header().check_request(request.class, request.guidance)?;
        let mut plan = model.sampling(request, 1.0)?;
        // audio-diffusion-pytorch limits what it generates, but not what it inpaints.
        if model.header().diffusion.is_some() {
            plan.clamp = Clamp::Never;
        }
        let (rows, most) = (Inpainting::rows(&plan, resamples), usize::from(u16::MAX));
        match resamples {
            0 => Err(Error::invalid("request", "resamples", resamples, "at least 1")),
            _ if rows > most => {
                let found = format!("{resamples}, which take {rows} draws");
                Err(Error::invalid("request", "resamples", found, format!("at most {most} draws")))
            }
            _ => Ok(plan),
        }
    }
}

/// Noise that is `given`, `values` of it, or that of the request's seed.
fn noise_source<'n>(given: Option<&'n [f32]>, request: &Request, values: usize) -> Result<NoiseSource<'n>> {
    match given {
        Some(rows) if rows.len() != values => {
            Err(Error::invalid("noise", "values", rows.len(), format!("{values}, a row for every draw")))
        }
        Some(rows) => Ok(NoiseSource::Given(rows)),
        None => Ok(NoiseSource::Positional { noise: Noise::new(request.seed), channel: 0, start: 0 }),
    }
}
