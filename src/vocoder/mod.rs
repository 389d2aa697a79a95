//! The vocoder on one page: mel frames → windows → sampling → audio.

mod file;
mod finish;
mod given;
mod job;
mod live;
mod past;
mod piece;
mod reconstructions;

pub use file::FileRequest;
pub use given::check_noise;
pub use live::chunk_frames;

use std::sync::Arc;

use crate::Result;
use crate::diffusion::{Denoiser, Noise, NoiseSource, Sampler, Sampling, SpanPlan};
use crate::mel::Mel;
use crate::model::{Model, ScheduleChoice};
use crate::network::{Backend, DiffWaveConfig};
use crate::phase::Reconstructor;
use crate::prior::SpectralFilter;

use job::Job;
use past::Pasts;
use reconstructions::Reconstructions;

/// Frames that an offline render gives the network at once: 12 s at 22 050 Hz, some 2 GB for a base network.
const OFFLINE_FRAMES: usize = 1024;
/// Mel frames before and after a sample's own that the upsampler's two transposed convolutions reach.
const UPSAMPLER_FRAMES: [usize; 2] = [2, 1];
/// Most frames of context on either side of an offline window, however many steps the schedule has.
const CONTEXT_FRAMES: usize = 256;

/// Threads that render on the CPU where nothing else is asked for: a plugin shares its machine with a host.
pub const THREADS: usize = 2;

/// How to render.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The schedule to sample along.
    pub schedule: ScheduleChoice,
    /// How far the carrier is noised, 0 to 1; without a carrier sampling starts from pure noise whatever it is.
    pub strength: f64,
    /// Scale of every Gaussian, relative to the model's own temperature.
    pub temperature: f32,
    /// Which noise.
    pub seed: u64,
    /// Share of the sound whose phases are reconstructed, 0 to 1, where the model says how.
    pub coherence: f32,
    /// Which of the network's classes; none for a network without.
    pub class: Option<usize>,
    /// Scale of classifier-free guidance (Ho and Salimans 2022); 1 is the network itself, beyond it lies more of the class.
    pub guidance: f32,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            schedule: ScheduleChoice::Fast,
            strength: 1.0,
            temperature: 1.0,
            seed: 0,
            coherence: 1.0,
            class: None,
            guidance: 1.0,
        }
    }
}

/// How far the `carrier` is noised; where there is none, sampling starts from pure noise.
fn strength(request: &Request, carrier: &[f32]) -> f64 {
    if carrier.is_empty() { 1.0 } else { request.strength }
}

/// A model at rest on a backend.
pub struct Vocoder {
    model: Arc<Model>,
    denoiser: Box<dyn Denoiser>,
    sampling: Sampling,
    /// The filter of a model with a spectral prior.
    filter: Option<SpectralFilter>,
    /// The reconstructor of a model whose phases are reconstructed.
    reconstructor: Option<Reconstructor>,
    /// Where the reconstructions of signals stood.
    reconstructions: Reconstructions,
    /// Where the renders of signals stood: a causal network on the CPU goes on from there.
    pasts: Pasts,
}

impl Vocoder {
    /// Places `model` on `backend`. On the CPU, [`THREADS`] threads render.
    ///
    /// # Errors
    /// Where the device does not answer.
    pub fn new(model: Arc<Model>, backend: &Backend) -> Result<Self> {
        Self::with_threads(model, backend, THREADS)
    }

    /// The same with `threads` threads on the CPU, the caller's being one of them.
    ///
    /// # Errors
    /// Where the device does not answer, or the system gives no thread.
    pub fn with_threads(model: Arc<Model>, backend: &Backend, threads: usize) -> Result<Self> {
        let (network, weights) = (&model.header().network, model.weights());
        let denoiser = network.denoiser(weights, backend, threads)?;
        Ok(Self::with_denoiser(model, denoiser))
    }

    /// The vocoder of `model` around a network that has been placed already.
    pub fn with_denoiser(model: Arc<Model>, denoiser: Box<dyn Denoiser>) -> Self {
        let header = model.header();
        let filter = header.filter();
        let phase = header.phase.zip(header.dialect.as_ref());
        let reconstructor = phase.map(|(phase, dialect)| Reconstructor::new(phase, dialect));
        Self {
            model,
            denoiser,
            sampling: Sampling::default(),
            filter,
            reconstructor,
            reconstructions: Reconstructions::default(),
            pasts: Pasts::default(),
        }
    }

    /// The model.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// One call of the network: the noise it predicts in `x`, `[samples]`, at `level`; `class` may be none for the null
    /// label.
    pub fn denoise(&mut self, x: &[f32], level: f32, mel: &Mel, class: Option<usize>) -> Result<Vec<f32>> {
        let mut eps = vec![0.0; x.len()];
        self.denoiser.label(&[class])?;
        self.denoiser.condition(&[mel], x.len())?;
        self.denoiser.predict(x, level, &mut eps)?;
        Ok(eps)
    }

    /// Synthesizes `mel` from noise, or from a `carrier` of as many samples at the model's rate (else empty), and
    /// tells `on_step(done, all)` after each network call. Gives `mel.frames() · hop` samples, fewer where the
    /// network's upsampler is short.
    pub fn synthesize(
        &mut self,
        mel: &Mel,
        carrier: &[f32],
        request: &Request,
        on_step: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f32>> {
        let sampler = self.sampler(request, carrier)?;
        let plan = self.offline_plan(mel.frames(), sampler.steps.len());
        self.render_spans(mel, carrier, request, &sampler, plan, on_step)
    }

    /// The same along `plan`, which is how the plugin renders.
    pub fn synthesize_spans(
        &mut self,
        mel: &Mel,
        carrier: &[f32],
        request: &Request,
        plan: SpanPlan,
        on_step: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f32>> {
        let sampler = self.sampler(request, carrier)?;
        self.render_spans(mel, carrier, request, &sampler, plan, on_step)
    }

    /// Generates `samples` samples from noise with a network without mel, in one window: what has no conditioner
    /// has nothing else to hold it together.
    pub fn generate(
        &mut self,
        samples: usize,
        request: &Request,
        on_step: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f32>> {
        let sampler = self.model.sampler(&request.schedule, 1.0)?;
        let noise = NoiseSource::Positional { noise: Noise::new(request.seed), channel: 0, start: 0 };
        let (mut done, all) = (0, sampler.steps.len());
        let mel = Mel::default();
        let job = Job::new(&mel, noise, request);
        let audio = self.run(&sampler, &mut [job], samples, &mut || {
            done += 1;
            on_step(done, all);
        })?;
        Ok(audio.to_vec())
    }

    /// What a request means for the sampler.
    fn sampler(&self, request: &Request, carrier: &[f32]) -> Result<Sampler> {
        self.model.sampler(&request.schedule, strength(request, carrier))
    }

    /// One window where memory allows, else windows whose context no step can see beyond.
    fn offline_plan(&self, frames: usize, steps: usize) -> SpanPlan {
        if frames <= OFFLINE_FRAMES {
            return SpanPlan::whole(frames);
        }
        let plan = self.context(OFFLINE_FRAMES, steps);
        SpanPlan {
            left_frames: plan.left_frames.min(CONTEXT_FRAMES),
            right_frames: plan.right_frames.min(CONTEXT_FRAMES),
            ..plan
        }
    }

    /// The plan with the context that `steps` network calls reach.
    fn context(&self, chunk_frames: usize, steps: usize) -> SpanPlan {
        let header = self.model.header();
        let network = &header.network;
        let reach = (network.reach() * steps).div_ceil(DiffWaveConfig::HOP);
        let around = self.model.header().reach_frames();
        let (left, right) = if network.causal { (2 * reach, 0) } else { (reach, reach) };
        SpanPlan {
            chunk_frames,
            left_frames: left + around + UPSAMPLER_FRAMES[0],
            right_frames: right + around + UPSAMPLER_FRAMES[1],
        }
    }
}
