//! From samples at the model's rate to windows: frames, edits, and the carrier under them.

use super::edit::MelEdit;
use super::link::Chunk;
use super::{Carrier, Controls, Format, MelFrom};
use crate::Result;
use crate::diffusion::SpanPlan;
use crate::mel::{Dialect, MelStream};

/// Cuts a stream into the windows of its plan, each as soon as its last frame is complete. Real-time but for `new`.
///
/// Inputs come in rows: `channels` of the main input, then as many of the side chain.
pub(super) struct Chunker {
    format: Format,
    plan: SpanPlan,
    channels: usize,
    /// One per row.
    mels: Vec<MelStream>,
    /// The frame that each row has just completed.
    fresh: Vec<Vec<f32>>,
    edit: MelEdit,
    /// The latest edited frames per channel, frame `f` at `f % capacity`.
    frames: Vec<Vec<f32>>,
    frame_capacity: usize,
    /// The latest samples per row, sample `p` at `p % capacity`.
    samples: Vec<Vec<f32>>,
    sample_capacity: usize,
    samples_seen: u64,
    frames_seen: u64,
    next_chunk: u64,
}

impl Chunker {
    pub fn new(dialect: &Dialect, format: Format, plan: SpanPlan, channels: usize) -> Result<Self> {
        let rows = 2 * channels;
        let mels = (0..rows).map(|_| MelStream::new(dialect)).collect::<Result<Vec<_>>>()?;
        let look_ahead_samples = mels.first().map_or(0, MelStream::look_ahead_samples);
        let frame_capacity = plan.left_frames + plan.chunk_frames + plan.right_frames + 1;
        // A chunk goes as soon as it can, and pushes are no longer than a hop.
        let sample_capacity = (frame_capacity + 1) * format.hop + look_ahead_samples;
        Ok(Self {
            format,
            plan,
            channels,
            mels,
            fresh: vec![vec![0.0; format.n_mels]; rows],
            edit: MelEdit::new(dialect, channels),
            frames: vec![vec![0.0; frame_capacity * format.n_mels]; channels],
            frame_capacity,
            samples: vec![vec![0.0; sample_capacity]; rows],
            sample_capacity,
            samples_seen: 0,
            frames_seen: 0,
            next_chunk: 0,
        })
    }

    /// The samples beyond `f · hop` that frame `f` needs.
    pub fn look_ahead_samples(&self) -> usize {
        self.mels.first().map_or(0, MelStream::look_ahead_samples)
    }

    /// Forgets everything: as new.
    pub fn reset(&mut self) {
        self.mels.iter_mut().for_each(MelStream::reset);
        self.edit.reset();
        (self.samples_seen, self.frames_seen, self.next_chunk) = (0, 0, 0);
    }

    /// Takes up to one hop of samples of every row, and hands a frame of channel 0 that they complete, edited, to
    /// `tap` with its index. All chunks that are ready have to be taken before the next push.
    pub fn push<'a>(
        &mut self,
        row: impl Fn(usize) -> &'a [f32],
        controls: &Controls,
        tap: impl FnOnce(u64, &[f32]),
    ) {
        let mut complete = false;
        for (index, (mel, fresh)) in self.mels.iter_mut().zip(&mut self.fresh).enumerate() {
            mel.push(row(index), |frame| {
                fresh.copy_from_slice(frame);
                complete = true;
            });
        }
        for (index, samples) in self.samples.iter_mut().enumerate() {
            let mut at = (self.samples_seen % self.sample_capacity as u64) as usize;
            for &sample in row(index) {
                samples[at] = sample;
                at = if at + 1 == samples.len() { 0 } else { at + 1 };
            }
        }
        self.samples_seen += row(0).len() as u64;
        if complete {
            self.store(controls, tap);
        }
    }

    fn store(&mut self, controls: &Controls, tap: impl FnOnce(u64, &[f32])) {
        let first_row = match controls.mel_from {
            MelFrom::Main => 0,
            MelFrom::SideChain => self.channels,
        };
        let n_mels = self.format.n_mels;
        let at = (self.frames_seen % self.frame_capacity as u64) as usize * n_mels;
        for (channel, frames) in self.frames.iter_mut().enumerate() {
            let frame = &mut frames[at..at + n_mels];
            frame.copy_from_slice(&self.fresh[first_row + channel]);
            self.edit.apply(channel, frame, controls);
        }
        if let Some(frames) = self.frames.first() {
            tap(self.frames_seen, &frames[at..at + n_mels]);
        }
        self.frames_seen += 1;
    }

    /// Whether a chunk is complete and has not been taken.
    pub fn ready(&self) -> bool {
        let end = (self.next_chunk + 1) * self.plan.chunk_frames as u64 + self.plan.right_frames as u64;
        self.frames_seen >= end && self.samples_seen >= end * self.format.hop as u64
    }

    /// Fills `chunk` with the chunk that is ready.
    pub fn fill(&self, chunk: &mut Chunk, controls: &Controls) {
        let span = self.plan.span(self.next_chunk as usize);
        chunk.index = self.next_chunk;
        let first_row = match controls.carrier {
            _ if controls.settings.strength >= 1.0 => None,
            Carrier::Noise => None,
            Carrier::Main => Some(0),
            Carrier::SideChain => Some(self.channels),
        };
        let n_mels = self.format.n_mels;
        for (channel, window) in chunk.windows.iter_mut().enumerate() {
            window.first_frame = span.window.start as u64;
            window.output_frames = span.output_in_window();
            window.settings = controls.settings;
            window.mel.clear();
            for frame in span.window.clone() {
                let at = frame % self.frame_capacity * n_mels;
                window.mel.push(&self.frames[channel][at..at + n_mels]);
            }
            window.carrier.clear();
            if let Some(first_row) = first_row {
                let samples = &self.samples[first_row + channel];
                let (mut at, mut missing) = (
                    span.window.start * self.format.hop % self.sample_capacity,
                    span.window.len() * self.format.hop,
                );
                while missing > 0 {
                    let piece = missing.min(self.sample_capacity - at);
                    window.carrier.extend_from_slice(&samples[at..at + piece]);
                    (at, missing) = (0, missing - piece);
                }
            } else {
                // Without a carrier the network starts from noise, however strong it is meant to be.
                window.settings.strength = 1.0;
            }
        }
    }

    /// Leaves the chunk that is ready behind, whether or not it was filled.
    pub fn advance(&mut self) {
        self.next_chunk += 1;
    }
}
