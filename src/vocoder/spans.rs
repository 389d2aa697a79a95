//! Renders of whole signals, window by window.

use std::ops::Range;

use super::Vocoder;
use super::instance::OWN_SIGNAL;
use crate::Result;
use crate::mel::Mel;
use crate::render::{Link, Render, Request, SpanPlan, Window};

/// Frames that an offline render gives the network at once: 12 s at 22 050 Hz, half a gigabyte for a base network.
const OFFLINE_FRAMES: usize = 1024;
/// Most frames of context on either side of an offline window, however many steps the schedule has.
const CONTEXT_FRAMES: usize = 256;

/// A channel of a signal to render whole.
#[derive(Clone, Copy)]
pub(super) struct Signal<'a> {
    pub channel: u16,
    pub mel: &'a Mel,
    /// What it has in common with the other channel, for all of its frames.
    pub link: Option<&'a Link>,
    /// At the model's rate, or empty.
    pub carrier: &'a [f32],
}

impl Vocoder {
    /// Synthesizes `mel` from noise, or from a `carrier` at the model's rate (else empty) of as many samples, or up to
    /// [`crate::render::Format::tail_samples`] more, and
    /// tells `on_evaluation(done, all)` after each network call. Gives `mel.frames() · hop` samples, fewer where the
    /// network's upsampler is short.
    ///
    /// # Errors
    /// Where the request cannot be met, or the device fails.
    pub fn synthesize(
        &mut self,
        mel: &Mel,
        carrier: &[f32],
        request: &Request,
        on_evaluation: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f32>> {
        self.synthesize_channel(Signal { channel: 0, mel, link: None, carrier }, request, None, on_evaluation)
    }

    /// The same along `plan`, which is how the plugin renders. A window in which nothing sounds is silent.
    ///
    /// # Errors
    /// Where the request cannot be met, or the device fails.
    pub fn synthesize_spans(
        &mut self,
        mel: &Mel,
        carrier: &[f32],
        request: &Request,
        plan: SpanPlan,
        on_evaluation: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f32>> {
        self.synthesize_channel(
            Signal { channel: 0, mel, link: None, carrier },
            request,
            Some(plan),
            on_evaluation,
        )
    }

    /// Synthesizes one channel of a signal, along `plan` as the plugin renders, or in as few windows as memory allows.
    pub(super) fn synthesize_channel(
        &mut self,
        signal: Signal,
        request: &Request,
        plan: Option<SpanPlan>,
        on_evaluation: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f32>> {
        let Some(plan) = plan else {
            let plan = self.offline_plan(signal.mel.frames(), self.evaluations(request, signal.carrier)?);
            return self.render_spans(signal, request, plan, on_evaluation);
        };
        let most = self.format().context.look_ahead_frames(plan.right_frames);
        let look_ahead_frames = request.look_ahead_frames.min(most);
        let request = Request { look_ahead_frames, ..request.clone() };
        self.render_spans(signal, &request, plan, on_evaluation)
    }

    fn render_spans(
        &mut self,
        signal: Signal,
        request: &Request,
        plan: SpanPlan,
        on_evaluation: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f32>> {
        let Signal { channel, mel, link, carrier } = signal;
        self.signals.forget(OWN_SIGNAL);
        let (spans, hop): (Vec<_>, _) = (plan.spans(mel.frames()).collect(), self.pipeline.layout.hop);
        let evaluations = self.evaluations(request, carrier)?;
        let (mut done, all) = (0, spans.len() * evaluations);
        let (mut audio, mut rendered, mut begin) = (Vec::new(), [Vec::new()], 0);
        for span in spans {
            if self.is_silent(mel, carrier, span.window.clone())? {
                // What comes after silence begins anew.
                self.signals.forget(OWN_SIGNAL);
                begin = span.output.end;
                audio.resize(begin * hop, 0.0);
                done += evaluations;
                on_evaluation(done, all);
                continue;
            }
            let span = span.after(begin);
            let end = (span.window.end * hop + self.pipeline.tail_samples).min(carrier.len());
            let samples = span.window.start * hop..end;
            let window = Window {
                channel,
                link: link.map_or_else(Link::default, |link| link.slice(span.window.clone())),
                carrier: carrier.get(samples).unwrap_or_default().to_vec(),
                output: span.output_in_window(),
                ..self.own_window(mel.slice(span.window.clone()), span.window.start, request)
            };
            self.render_windows(&[&window], &mut rendered, &mut || {
                done += 1;
                on_evaluation(done, all);
            })?;
            audio.extend_from_slice(&rendered[0]);
        }
        self.signals.forget(OWN_SIGNAL);
        audio.truncate(self.pipeline.layout.samples(mel.frames()));
        Ok(audio)
    }

    /// Network calls per window.
    fn evaluations(&self, request: &Request, carrier: &[f32]) -> Result<usize> {
        let strength = if carrier.is_empty() { 1.0 } else { request.strength };
        Ok(self.pipeline.model.sampling(request, strength)?.sampler.evaluations().len())
    }

    /// Whether nothing sounds in the frames `window`.
    fn is_silent(&self, mel: &Mel, carrier: &[f32], window: Range<usize>) -> Result<bool> {
        let (dialect, hop) = (self.pipeline.model.dialect()?, self.pipeline.layout.hop);
        let carrier = carrier.get(window.start * hop..window.end * hop).unwrap_or_default();
        Ok(carrier.iter().all(|sample| *sample == 0.0)
            && window.clone().all(|f| dialect.is_silent(mel.frame(f))))
    }

    /// One window where memory allows, else windows whose context no call of the network can see beyond.
    fn offline_plan(&self, frames: usize, calls: usize) -> SpanPlan {
        if frames <= OFFLINE_FRAMES {
            return SpanPlan::whole(frames);
        }
        let context = self.pipeline.model.header().context(calls);
        SpanPlan {
            chunk_frames: OFFLINE_FRAMES,
            left_frames: context.left_frames.min(CONTEXT_FRAMES),
            right_frames: context.right_frames.min(CONTEXT_FRAMES),
        }
    }
}
