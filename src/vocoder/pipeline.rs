//! The way of a window, on one page: place → encode → sample → decode.
//!
//! A window goes on from where its channel stands, where the network can: then every value is sampled once. Else it is
//! rendered from the window alone, of which all is sampled.

use std::sync::Arc;

use super::input::{Encoded, Input};
use super::leveller::Leveller;
use super::state::SignalState;
use crate::Result;
use crate::diffusion::{Denoiser, Noise, NoiseSource, Sampling};
use crate::domain::Domain;
use crate::domain::phase::Reconstructor;
use crate::model::Model;
use crate::network::Layout;
use crate::render::{Request, Window};

/// A network of a model, and all that it takes to turn windows into sound with it. Of signals it keeps nothing.
pub(super) struct Pipeline {
    pub(super) model: Arc<Model>,
    pub(super) layout: Layout,
    /// Samples after those of its frames that a carrier holds.
    pub(super) tail_samples: usize,
    pub(super) denoiser: Box<dyn Denoiser>,
    /// Whether the network goes on with a signal where it stood.
    pub(super) goes_on: bool,
    pub(super) sampling: Sampling,
    pub(super) domain: Box<dyn Domain>,
    /// The reconstructor of a model whose phases are reconstructed.
    pub(super) reconstructor: Option<Reconstructor>,
    /// What brings channels that were told the same to their levels, where mel frames do not in decoding.
    pub(super) leveller: Option<Leveller>,
}

/// A window to render, with where its channel stands.
pub(super) struct Task<'a> {
    pub(super) window: &'a Window,
    pub(super) state: Arc<SignalState>,
    /// The window's frame that sampling begins with, and the one that it ends before.
    pub(super) from: usize,
    pub(super) end: usize,
    /// Frames before `from` that only condition what is sampled.
    pub(super) context: usize,
    goes_on: bool,
}

impl Task<'_> {
    /// Frames that are sampled.
    pub(super) fn frames(&self) -> usize {
        self.end.saturating_sub(self.from)
    }

    /// What tasks that are sampled together have in common.
    pub(super) fn batch(&self) -> (Request, [usize; 4], bool) {
        let Request { schedule, sampler, eta, rho, churn, look_ahead_frames, guidance, .. } =
            self.window.request.clone();
        let strength = strength(self.window);
        let common = Request {
            schedule,
            sampler,
            eta,
            rho,
            churn,
            look_ahead_frames,
            guidance,
            strength,
            ..Request::default()
        };
        (common, [self.from, self.end, self.context, self.window.mel.frames()], self.goes_on)
    }
}

/// How far the window's carrier is noised; where there is none, sampling starts from pure noise.
pub(super) fn strength(window: &Window) -> f32 {
    if window.carrier.is_empty() { 1.0 } else { window.request.strength.clamp(0.0, 1.0) }
}

impl Pipeline {
    /// The pipeline around `denoiser`, a network of `model`.
    pub(super) fn new(model: Arc<Model>, mut denoiser: Box<dyn Denoiser>) -> Self {
        let header = model.header();
        let phase = header.phase.zip(header.dialect.as_ref());
        Self {
            layout: header.network.layout(),
            tail_samples: header.tail_samples(),
            goes_on: denoiser.causal().is_some(),
            denoiser,
            sampling: Sampling::default(),
            domain: header.domain(),
            reconstructor: phase.map(|(phase, dialect)| Reconstructor::new(phase, dialect)),
            leveller: Leveller::of(header),
            model,
        }
    }

    /// Finds out where sampling begins and ends in `window`, whose channel stands at `state`.
    pub(super) fn place<'a>(&self, window: &'a Window, state: Option<Arc<SignalState>>) -> Task<'a> {
        let frames = window.mel.frames();
        // A guided network would need a second history for its null label.
        if !self.goes_on || window.request.guidance != 1.0 {
            let last_output = state.and_then(|state| state.last_output.clone());
            let begun = SignalState::new(window.first_frame, window.output.start == 0);
            let state = Arc::new(SignalState { last_output, ..begun });
            return Task { window, state, from: 0, end: frames, context: 0, goes_on: false };
        }
        let reach = self.model.header().decoder_frames();
        let context = self.layout.conditioner_frames()[0];
        let output = window.first_frame + window.output.start as u64;
        let goes_on = |state: &SignalState| {
            let tail_frames = (state.tail.len() / self.layout.frame_values()) as u64;
            let next = state.next_frame;
            let before = output.saturating_sub(reach as u64).max(state.first_frame);
            (before..=output + reach as u64).contains(&next)
                && next - tail_frames <= before
                && (window.first_frame + context as u64 <= next || window.first_frame <= state.first_frame)
                && window.first_frame <= next
        };
        let state = state.filter(|state| goes_on(state)).unwrap_or_else(|| {
            // What the sound begins with wants as much before it as decoding looks at.
            let from = window.output.start.saturating_sub(reach);
            Arc::new(SignalState::new(window.first_frame + from as u64, window.output.start == 0))
        });
        let from = (state.next_frame - window.first_frame) as usize;
        let end = (window.output.end + reach).min(frames);
        Task { window, from, end, context: context.min(from), goes_on: true, state }
    }

    /// Renders tasks of one shape, as many at once as the network takes.
    pub(super) fn render_alike(
        &mut self,
        tasks: &mut [Task],
        sounds: &mut Vec<Option<Vec<f32>>>,
        on_evaluation: &mut dyn FnMut(),
    ) -> Result<()> {
        let values = tasks.first().map_or(0, Task::frames) * self.layout.frame_values();
        let at_once = self.denoiser.windows_at_once(values);
        tasks.chunks_mut(at_once).try_for_each(|batch| self.render(batch, sounds, on_evaluation))
    }

    /// Renders tasks of one shape together. What one of them sounds like is none where it is not finite.
    pub(super) fn render(
        &mut self,
        tasks: &mut [Task],
        sounds: &mut Vec<Option<Vec<f32>>>,
        on_evaluation: &mut dyn FnMut(),
    ) -> Result<()> {
        let Some(first) = tasks.first() else { return Ok(()) };
        let plan = self.model.sampling(&first.window.request, strength(first.window))?;
        let encoded: Vec<_> = tasks.iter().map(|task| self.encoded(task, &plan)).collect();
        if plan.sampler.evaluations().is_empty() {
            let carriers = tasks.iter_mut().zip(&encoded);
            sounds.extend(carriers.map(|(task, encoded)| Some(self.untouched(task, &encoded.carrier))));
            return Ok(());
        }
        let frame_values = self.layout.frame_values();
        let fitting = self.layout.values(first.window.mel.frames());
        let values = (first.end * frame_values).min(fitting).saturating_sub(first.from * frame_values);
        let levels: Vec<f32> = plan.sampler.evaluations().iter().map(|evaluation| evaluation.level).collect();
        let mut inputs = Vec::with_capacity(tasks.len());
        for (task, Encoded { told, mel, carrier }) in tasks.iter_mut().zip(&encoded) {
            let start = (task.window.first_frame + task.from as u64) * frame_values as u64;
            let state = Arc::make_mut(&mut task.state);
            if let Some(causal) = self.denoiser.causal().filter(|_| task.goes_on) {
                state.adapt(&levels, || causal.new_history());
            }
            inputs.push(Input {
                told: told.as_ref().unwrap_or(mel),
                mel,
                carrier,
                // What the channels have in common shares its noise, so that it stays where it is.
                noise: NoiseSource::Linked {
                    noise: Noise::new(task.window.request.seed),
                    channel: task.window.channel,
                    start,
                    shared: task.window.link.shared.get(task.from..).unwrap_or_default(),
                    frame_values,
                },
                request: &task.window.request,
                skip: task.context * frame_values,
                histories: if task.goes_on { &mut state.histories } else { &mut [] },
            });
        }
        // At the end of a signal all may have been sampled before.
        let sampled = match values {
            0 => Vec::new(),
            values => self.sample(&plan, inputs, values, on_evaluation)?.to_vec(),
        };
        for (index, task) in tasks.iter_mut().enumerate() {
            let x = &sampled[index * values..(index + 1) * values];
            sounds.push(x.iter().all(|x| x.is_finite()).then(|| self.decoded(task, x)));
        }
        Ok(())
    }

    /// The carrier of `task`, `x` in the network's domain, that is not noised at all: it is what comes out, whatever could
    /// be made of it only nearly.
    fn untouched(&self, task: &mut Task, x: &[f32]) -> Vec<f32> {
        self.joined(task, x);
        Arc::make_mut(&mut task.state).last_output = None;
        let (output, hop) = (&task.window.output, self.layout.hop);
        task.window.carrier[output.start * hop..output.end * hop].to_vec()
    }

    /// The sound of `task`, of which `x` was sampled.
    fn decoded(&mut self, task: &mut Task, x: &[f32]) -> Vec<f32> {
        let (first, whole) = self.joined(task, x);
        self.decode(task.window, Arc::make_mut(&mut task.state), whole, first)
    }

    /// Joins `x` to what was sampled before and moves the state of `task` on. Gives all of it that decoding looks at, and
    /// the window's frame that it begins with.
    fn joined(&self, task: &mut Task, x: &[f32]) -> (usize, Vec<f32>) {
        let frame_values = self.layout.frame_values();
        let state = Arc::make_mut(&mut task.state);
        // As far as the window has frames for it.
        let before = (state.tail.len() / frame_values).min(task.from);
        let mut whole = state.tail.split_off(state.tail.len() - before * frame_values);
        whole.extend_from_slice(x);
        // Decoding looks at as many frames before the sound as after it, and those have been sampled too.
        let kept = if task.goes_on { 2 * self.model.header().decoder_frames() * frame_values } else { 0 };
        state.tail = whole[whole.len().saturating_sub(kept)..].to_vec();
        state.next_frame = task.window.first_frame + task.end as u64;
        (task.from - before, whole)
    }
}
