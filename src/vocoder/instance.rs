//! A model at rest on a backend.

use std::sync::Arc;

use super::pipeline::Pipeline;
use super::pool::PipelinePool;
use super::state::Signals;
use crate::Result;
use crate::diffusion::{Condition, Denoiser};
use crate::mel::Mel;
use crate::model::Model;
use crate::network::Backend;
use crate::render::{Link, Request, SpanPlan, Window};

/// Threads that render on the CPU where nothing else is asked for: a plugin shares its machine with a host.
pub const THREADS: usize = 2;
/// Network calls whose full reach a live window covers. What more calls see beyond its edge hardly counts (seams of the
/// bundled model: see the README), and every frame is work, and to the right latency.
pub(super) const LIVE_CALLS: usize = 2;
/// The number of the signal that is rendered here and now, of which nothing is kept afterwards.
pub(super) const OWN_SIGNAL: u64 = u64::MAX;

/// A model at rest on a backend.
///
/// ```
/// use std::sync::Arc;
///
/// use remel::checkpoint::Bundled;
/// use remel::mel::mel_of;
/// use remel::network::Backend;
/// use remel::render::Request;
/// use remel::vocoder::Vocoder;
///
/// let mut vocoder = Vocoder::new(Arc::new(Bundled::Small.model()), &Backend::Cpu)?;
/// let dialect = vocoder.model().dialect()?.clone();
/// let tone: Vec<f32> = (0..22_050).map(|n| (n as f32 * 0.05).sin() * 0.5).collect();
/// let mel = mel_of(&tone, &dialect)?;
///
/// let with_seed = |seed| Request { seed, ..Request::default() };
/// let mut synthesize = |seed| vocoder.synthesize(&mel, &[], &with_seed(seed), &mut |_, _| ());
/// let made = synthesize(1)?;
/// assert_eq!(made.len(), mel.frames() * dialect.hop);
/// // The same noise makes the same sound, and other noise another.
/// assert_eq!(made, synthesize(1)?);
/// assert_ne!(made, synthesize(2)?);
/// # Ok::<(), remel::Error>(())
/// ```
pub struct Vocoder {
    /// Where windows are rendered together.
    pub(super) pipeline: Pipeline,
    /// Where each is rendered by one thread, if the network can be computed so.
    pub(super) pool: Option<PipelinePool>,
    pub(super) signals: Signals,
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
        let denoiser = {
            let header = model.header();
            header.network.denoiser(model.weights(), header.dialect.as_ref(), backend, threads)?
        };
        Self::with_denoiser(model, denoiser)
    }

    /// The vocoder of `model` around a network that has been placed already.
    ///
    /// # Errors
    /// Where the system refuses a thread.
    pub fn with_denoiser(model: Arc<Model>, denoiser: Box<dyn Denoiser>) -> Result<Self> {
        let pool = PipelinePool::beside(&model, denoiser.as_ref())?;
        Ok(Self { pipeline: Pipeline::new(model, denoiser), pool, signals: Signals::default() })
    }

    /// The model.
    pub fn model(&self) -> &Arc<Model> {
        &self.pipeline.model
    }

    /// The plan for chunks of `chunk_frames` frames with all the context that a window has use for.
    pub fn plan(&self, chunk_frames: usize) -> SpanPlan {
        let context = self.pipeline.model.header().context(LIVE_CALLS);
        SpanPlan { chunk_frames, left_frames: context.left_frames, right_frames: context.right_frames }
    }

    /// Sets what the network is told from now on beside mel frames and labels; nothing is what it begins with.
    ///
    /// # Errors
    /// Where that is not what the network is told.
    pub fn tell(&mut self, condition: &Condition) -> Result<()> {
        self.pipeline.denoiser.tell(condition)
    }

    /// One call of the network: what it predicts from `x`, `[values]`, at `level`; `class` may be none for the null label, and
    /// of mel frames ahead a network that leaves it open is told `look_ahead_frames`.
    ///
    /// # Errors
    /// Where the class is none of the network's, or the device fails.
    pub fn denoise(
        &mut self,
        x: &[f32],
        level: f32,
        mel: &Mel,
        class: Option<usize>,
        look_ahead_frames: usize,
    ) -> Result<Vec<f32>> {
        let (denoiser, mut predicted) = (&mut self.pipeline.denoiser, vec![0.0; x.len()]);
        denoiser.look_ahead(look_ahead_frames);
        denoiser.label(&[class])?;
        denoiser.condition(&[mel], x.len())?;
        denoiser.predict(x, level, &mut predicted)?;
        Ok(predicted)
    }

    /// A window of the signal that is rendered here and now, all of which is wanted.
    pub(super) fn own_window(&self, mel: Mel, first_frame: usize, request: &Request) -> Window {
        Window {
            signal: OWN_SIGNAL,
            channel: 0,
            first_frame: first_frame as u64,
            output: 0..mel.frames(),
            mel,
            carrier: Vec::new(),
            link: Link::default(),
            request: request.clone(),
        }
    }
}
