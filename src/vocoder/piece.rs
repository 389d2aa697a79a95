//! Pieces of signals: rendered from their window alone, or from where their signal stood.

use std::ops::Range;

use super::job::Job;
use super::past::Past;
use super::{Request, UPSAMPLER_FRAMES, Vocoder};
use crate::Result;
use crate::diffusion::{Noise, NoiseSource, Sampler, SpanPlan};
use crate::mel::Mel;
use crate::network::DiffWaveConfig;

/// A piece of a signal to render, with its window.
pub(super) struct Piece<'a> {
    /// The stream's number for its signal; none for what is rendered in one call.
    pub signal: Option<u64>,
    /// The window's mel frames.
    pub mel: &'a Mel,
    /// The window's carrier, or empty.
    pub carrier: &'a [f32],
    /// The window's first frame, counted from the start of the signal.
    pub first_frame: u64,
    /// The window's frames whose sound is wanted.
    pub output_frames: Range<usize>,
    /// Frames after the output that have to be sampled too, and as many before it: the reach of the prior's filter and of
    /// the phase reconstruction.
    pub reach_frames: usize,
    /// The phase reconstruction's part of it.
    pub phase_frames: usize,
    /// Samples that the network gives for the window.
    pub samples: usize,
    /// How to render it. Guidance is the same for all pieces that are rendered together.
    pub request: &'a Request,
}

impl Piece<'_> {
    /// The window's frame that sampling ends before.
    pub fn sampled_end(&self) -> usize {
        (self.output_frames.end + self.reach_frames).min(self.mel.frames())
    }

    /// The frames of the signal that its output begins with and ends before.
    pub fn output(&self) -> [u64; 2] {
        [self.output_frames.start, self.output_frames.end].map(|frame| self.first_frame + frame as u64)
    }

    /// What is sampled where it begins with frame `from` of the window.
    fn sampled(&self, from: usize) -> Range<usize> {
        from * DiffWaveConfig::HOP..(self.sampled_end() * DiffWaveConfig::HOP).min(self.samples)
    }

    /// The window from frame `from` on as a job: what was sampled before it are `histories`.
    fn job<'a>(&'a self, mel: &'a Mel, from: usize, histories: &'a mut [Vec<f32>]) -> Job<'a> {
        let hop = DiffWaveConfig::HOP;
        Job {
            mel,
            carrier: self.carrier.get(from * hop..).unwrap_or_default(),
            noise: NoiseSource::Positional {
                noise: Noise::new(self.request.seed),
                // Both channels of an instance share their noise: what is equal in both stays in the middle.
                channel: 0,
                start: (self.first_frame + from as u64) * hop as u64,
            },
            request: self.request,
            skip: context(from) * hop,
            histories,
        }
    }

    /// Takes the piece's sound out of the `audio` from frame `from` on.
    pub fn cut(&self, audio: &[f32], from: usize, out: &mut Vec<f32>) {
        let hop = DiffWaveConfig::HOP;
        let end = ((self.output_frames.end - from) * hop).min(audio.len());
        out.clear();
        out.extend_from_slice(&audio[((self.output_frames.start - from) * hop).min(end)..end]);
    }
}

/// Frames before frame `from` of a window that its conditioner needs.
fn context(from: usize) -> usize {
    from.min(UPSAMPLER_FRAMES[0])
}

impl Vocoder {
    /// Drops what is kept of `signal`.
    pub(super) fn forget_signal(&mut self, signal: Option<u64>) {
        self.pasts.forget(signal);
        self.reconstructions.forget(signal);
    }

    /// All of the window `mel`, at the start of a signal of its own, without a carrier.
    pub(super) fn piece<'a>(&self, mel: &'a Mel, request: &'a Request) -> Piece<'a> {
        let header = self.model.header();
        Piece {
            signal: None,
            mel,
            carrier: &[],
            first_frame: 0,
            output_frames: 0..mel.frames(),
            reach_frames: header.reach_frames(),
            phase_frames: header.phase_frames(),
            samples: header.network.samples(mel.frames()),
            request,
        }
    }

    /// Renders `mel` window by window of `plan`. The last window may be short of samples.
    pub(super) fn render_spans(
        &mut self,
        mel: &Mel,
        carrier: &[f32],
        request: &Request,
        sampler: &Sampler,
        plan: SpanPlan,
        on_step: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f32>> {
        self.forget_signal(None);
        let spans: Vec<_> = plan.spans(mel.frames()).collect();
        let (mut done, all) = (0, spans.len() * sampler.steps.len());
        let (mut audio, mut rendered) = (Vec::new(), [Vec::new()]);
        for span in spans {
            let (first, last) = (span.window.start, span.window.end);
            let window = mel.slice(span.window.clone());
            let samples = first * DiffWaveConfig::HOP..last * DiffWaveConfig::HOP;
            let piece = Piece {
                carrier: carrier.get(samples).unwrap_or_default(),
                first_frame: first as u64,
                output_frames: span.output_in_window(),
                ..self.piece(&window, request)
            };
            self.render_pieces(sampler, &[piece], &mut rendered, &mut || {
                done += 1;
                on_step(done, all);
            })?;
            audio.extend_from_slice(&rendered[0]);
        }
        Ok(audio)
    }

    /// Renders pieces of one shape, each into the vector of the same index. Where the network can, a piece goes on from
    /// where its signal stood.
    pub(super) fn render_pieces(
        &mut self,
        sampler: &Sampler,
        pieces: &[Piece],
        out: &mut [Vec<f32>],
        on_step: &mut dyn FnMut(),
    ) -> Result<()> {
        if sampler.steps.is_empty() {
            // A carrier that is not noised at all is what comes out, whatever could be made of it only nearly.
            pieces.iter().zip(out).for_each(|(piece, out)| piece.cut(piece.carrier, 0, out));
            return Ok(());
        }
        // How a carrier goes on after its window decides how its end is whitened: no past could be relied on.
        let whitens = self.filter.is_some() && pieces.iter().any(|piece| !piece.carrier.is_empty());
        // A guided network would need a second past for its null label.
        let guided = pieces.iter().any(|piece| piece.request.guidance != 1.0);
        let causal = if whitens || guided { None } else { self.denoiser.causal() };
        let Some(history_values) = causal.map(|causal| causal.history_values()) else {
            return self.render_alone(sampler, pieces, out, on_step);
        };
        let left_frames = self.left_frames();
        let mut pasts: Vec<Past> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            // Signals that have been one so far have one past.
            let known = pasts.iter().find(|past| past.leads_to(piece, sampler, left_frames)).cloned();
            let known = known.or_else(|| self.pasts.take(piece, sampler, left_frames));
            pasts.push(known.unwrap_or_else(|| Past::none(piece, sampler, history_values)));
        }
        let mut first = 0;
        while first < pieces.len() {
            let sampled = |index: usize| pieces[index].sampled(pasts[index].next_in(&pieces[index]));
            let last = (first..pieces.len()).take_while(|&index| sampled(index) == sampled(first)).last();
            let group = first..last.unwrap_or(first) + 1;
            first = group.end;
            self.render_on(
                sampler,
                &pieces[group.clone()],
                &mut pasts[group.clone()],
                &mut out[group],
                on_step,
            )?;
        }
        // A channel that has become another's equal has left a past that nobody goes on from.
        pieces.iter().for_each(|piece| self.pasts.forget(piece.signal));
        for (past, piece) in pasts.into_iter().zip(pieces) {
            self.pasts.keep(past, piece);
        }
        Ok(())
    }

    /// Renders pieces from nothing but their windows.
    fn render_alone(
        &mut self,
        sampler: &Sampler,
        pieces: &[Piece],
        out: &mut [Vec<f32>],
        on_step: &mut dyn FnMut(),
    ) -> Result<()> {
        let whitened = self.filter.as_mut().map(|filter| {
            let whitened = |piece: &Piece| {
                let mut carrier = piece.carrier.to_vec();
                filter.whiten(piece.mel, &mut carrier);
                carrier
            };
            pieces.iter().map(whitened).collect::<Vec<_>>()
        });
        let mut jobs: Vec<Job> = pieces.iter().map(|piece| piece.job(piece.mel, 0, &mut [])).collect();
        for (job, whitened) in jobs.iter_mut().zip(whitened.iter().flatten()) {
            job.carrier = whitened;
        }
        let samples = pieces.first().map_or(0, |piece| piece.samples);
        let mut sampled = self.run(sampler, &mut jobs, samples, on_step)?.to_vec();
        for ((piece, sampled), out) in pieces.iter().zip(sampled.chunks_exact_mut(samples.max(1))).zip(out) {
            self.finish(piece, sampled, 0, out);
        }
        Ok(())
    }

    /// Renders pieces whose signals stand at the same place of the window, and moves their pasts on.
    fn render_on(
        &mut self,
        sampler: &Sampler,
        pieces: &[Piece],
        pasts: &mut [Past],
        out: &mut [Vec<f32>],
        on_step: &mut dyn FnMut(),
    ) -> Result<()> {
        let from = pasts[0].next_in(&pieces[0]);
        let samples = pieces[0].sampled(from).len();
        let seen = |piece: &Piece| {
            let end = (piece.sampled_end() + UPSAMPLER_FRAMES[1]).min(piece.mel.frames());
            piece.mel.slice(from - context(from)..end)
        };
        let mels: Vec<Mel> = pieces.iter().map(seen).collect();
        let mut jobs: Vec<Job> = pieces
            .iter()
            .zip(&mels)
            .zip(&mut *pasts)
            .map(|((piece, mel), past)| piece.job(mel, from, &mut past.histories))
            .collect();
        let sampled = self.run(sampler, &mut jobs, samples, on_step)?.to_vec();
        let sampled = sampled.chunks_exact(samples.max(1));
        for (((piece, past), sampled), out) in pieces.iter().zip(pasts).zip(sampled).zip(out) {
            // What the filter and the reconstruction need of the samples before, as far as the window has frames for it.
            let before = (past.tail.len() / DiffWaveConfig::HOP).min(from);
            let mut audio = past.tail.split_off(past.tail.len() - before * DiffWaveConfig::HOP);
            audio.extend_from_slice(sampled);
            let kept = (2 * piece.reach_frames * DiffWaveConfig::HOP).min(audio.len());
            past.tail = audio[audio.len() - kept..].to_vec();
            self.finish(piece, &mut audio, from - before, out);
        }
        Ok(())
    }
}
