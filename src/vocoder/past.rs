//! Where the renders of causal signals stood, so that going on computes each sample once.
//!
//! Within its signal a past is known by what it was made from: a piece goes on from it where both say the same of all
//! the time that they share. So a gap or another setting finds no past and begins anew from its window, and two channels
//! that have been equal so far go on from one past. Another signal's would do as well but for rounding, and a render is to
//! be the same to the bit whatever else is rendered.

use super::UPSAMPLER_FRAMES;
use super::piece::Piece;
use crate::Result;
use crate::diffusion::{CausalDenoiser, Denoiser, Sampler};
use crate::mel::Mel;
use crate::network::DiffWaveConfig;

/// Where one channel of a signal stood.
#[derive(Clone)]
pub(super) struct Past {
    signal: Option<u64>,
    sampler: Sampler,
    temperature: f32,
    seed: u64,
    class: Option<usize>,
    /// The window that was rendered last: its first frame, its mel frames and its carrier.
    first_frame: u64,
    mel: Mel,
    carrier: Vec<f32>,
    /// The frame that comes next.
    next_frame: u64,
    /// The last samples before it, as far as the prior's filter and the phase reconstruction need them.
    pub tail: Vec<f32>,
    /// What the network keeps, one history per step.
    pub histories: Vec<Vec<f32>>,
}

impl Past {
    /// Nothing before the window of `piece`.
    pub fn none(piece: &Piece, sampler: &Sampler, history_values: usize) -> Self {
        Self {
            signal: piece.signal,
            sampler: sampler.clone(),
            temperature: piece.request.temperature,
            seed: piece.request.seed,
            class: piece.request.class,
            first_frame: piece.first_frame,
            mel: Mel::new(piece.mel.n_mels()),
            carrier: Vec::new(),
            next_frame: piece.first_frame,
            tail: Vec::new(),
            histories: vec![vec![0.0; history_values]; sampler.steps.len()],
        }
    }

    /// The frame of the piece's window that comes next.
    pub fn next_in(&self, piece: &Piece) -> usize {
        (self.next_frame - piece.first_frame) as usize
    }

    /// Whether `piece` goes on from here: nothing that its window says of the past differs, and that reaches back at
    /// least `left_frames`, beyond which nothing is heard.
    pub fn leads_to(&self, piece: &Piece, sampler: &Sampler, left_frames: usize) -> bool {
        let reach = piece.reach_frames as u64;
        let tail_frames = (self.tail.len() / DiffWaveConfig::HOP) as u64;
        let start = piece.first_frame;
        let (from_start, context) = (start == 0, start + UPSAMPLER_FRAMES[0] as u64);
        let output = start + piece.output_frames.start as u64;
        self.signal == piece.signal
            && self.seed == piece.request.seed
            && self.temperature == piece.request.temperature
            && self.class == piece.request.class
            && (from_start || context <= self.next_frame)
            && (self.first_frame..=output).contains(&start)
            && self.next_frame <= output + reach
            && self.next_frame.saturating_sub(tail_frames) <= output.saturating_sub(reach)
            && (from_start || piece.output_frames.start >= left_frames)
            && self.sampler == *sampler
            && self.agrees(piece)
    }

    /// Whether both windows have the same frames as far as what was sampled depends on them, and the same carrier.
    fn agrees(&self, piece: &Piece) -> bool {
        let seen = self.next_in(piece) + UPSAMPLER_FRAMES[1];
        let before = (piece.first_frame - self.first_frame) as usize;
        let bands = self.mel.n_mels();
        let (mine, theirs) = (self.mel.as_frames(), piece.mel.as_frames());
        let samples = self.next_in(piece) * DiffWaveConfig::HOP;
        let carrier = if self.carrier.is_empty() && piece.carrier.is_empty() {
            true
        } else {
            let mine = self.carrier.get(before * DiffWaveConfig::HOP..);
            mine.and_then(|mine| mine.get(..samples)) == piece.carrier.get(..samples)
                && samples <= piece.carrier.len()
        };
        let mine = mine.get(before * bands..(before + seen) * bands);
        carrier && mine.is_some() && mine == theirs.get(..seen * bands)
    }

    /// Moves on to the end of `piece`, whose samples the histories have seen.
    fn advance(&mut self, piece: &Piece) {
        self.first_frame = piece.first_frame;
        self.next_frame = piece.first_frame + piece.sampled_end() as u64;
        self.mel.clone_from(piece.mel);
        self.carrier.clear();
        self.carrier.extend_from_slice(piece.carrier);
    }
}

/// The pasts of several signals.
#[derive(Default)]
pub(super) struct Pasts(Vec<Past>);

impl Pasts {
    /// Takes the past that leads to `piece`, if there is one.
    pub fn take(&mut self, piece: &Piece, sampler: &Sampler, left_frames: usize) -> Option<Past> {
        let found = self.0.iter().rposition(|past| past.leads_to(piece, sampler, left_frames))?;
        Some(self.0.remove(found))
    }

    /// Keeps `past` for what follows `piece`, with which it was rendered.
    pub fn keep(&mut self, mut past: Past, piece: &Piece) {
        // Samples at the very end of a window miss a frame that what follows has.
        if piece.sampled_end() + UPSAMPLER_FRAMES[1] > piece.mel.frames() {
            return;
        }
        past.advance(piece);
        self.0.push(past);
    }

    /// Forgets those of `signal`.
    pub fn forget(&mut self, signal: Option<u64>) {
        self.0.retain(|past| past.signal != signal);
    }
}

/// A causal network that goes on after histories: its predictions are those of the sampler's steps, one after another.
pub(super) struct Continued<'a> {
    denoiser: &'a mut dyn CausalDenoiser,
    skip: usize,
    /// Per window, one per step.
    histories: Vec<&'a mut [Vec<f32>]>,
    step: usize,
}

impl<'a> Continued<'a> {
    /// The network after `histories`, for windows whose first `skip` samples have been predicted.
    pub fn new(denoiser: &'a mut dyn CausalDenoiser, skip: usize, histories: Vec<&'a mut [Vec<f32>]>) -> Self {
        Self { denoiser, skip, histories, step: 0 }
    }
}

impl Denoiser for Continued<'_> {
    fn label(&mut self, labels: &[Option<usize>]) -> Result<()> {
        self.denoiser.label(labels)
    }

    fn condition(&mut self, mels: &[&Mel], samples: usize) -> Result<()> {
        self.denoiser.condition_after(mels, self.skip, samples)
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        let step = self.step;
        self.step += 1;
        let mut histories: Vec<&mut [f32]> =
            self.histories.iter_mut().map(|steps| &mut steps[step][..]).collect();
        self.denoiser.predict_after(x, level, eps, &mut histories)
    }
}
