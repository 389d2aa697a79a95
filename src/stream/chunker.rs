//! From samples at the model's rate to windows: frames, edits, and the carrier under them.

use super::feed::Inlet;
use super::link::Chunk;
use super::{Carrier, Controls, MelFrom};
use crate::Result;
use crate::audio::Ring;
use crate::mel::{ChannelPair, Dialect, MelEdit, MelStream};
use crate::render::{Format, Span, SpanPlan};

/// Cuts a stream into the windows of its plan, each as soon as its last frame is complete. Real-time but for `new`.
///
/// Inputs come in rows: `channels` of the main input, then as many of the side chain.
pub(super) struct Chunker {
    format: Format,
    plan: SpanPlan,
    dialect: Dialect,
    channels: usize,
    /// One per row.
    mels: Vec<MelStream>,
    /// The frame that each row has just completed.
    fresh: Vec<Vec<f32>>,
    /// Where frames come from that are none of the rows'.
    inlet: Inlet,
    fed: Vec<f32>,
    edit: MelEdit,
    /// The latest edited frames per channel, frame `f` at position `f`.
    frames: Vec<Ring>,
    pair: ChannelPair,
    /// Of a stereo signal, what a network is told of each channel's frames, and how alike both are.
    told: Vec<Ring>,
    alike: Ring,
    /// The latest samples per row, sample `p` at position `p`.
    samples: Vec<Ring>,
    samples_seen: u64,
    frames_seen: u64,
    /// The frame after the latest that sounds, in any channel.
    frames_sounded: u64,
    /// Per row the sample after the latest that is not zero.
    samples_sounded: Vec<u64>,
    next_chunk: u64,
    /// The frame that the stretch of sound begins with, and its number.
    begin: u64,
    stretch: u32,
}

impl Chunker {
    pub fn new(
        dialect: &Dialect,
        format: Format,
        plan: SpanPlan,
        channels: usize,
        inlet: Inlet,
    ) -> Result<Self> {
        let rows = 2 * channels;
        let mels = (0..rows).map(|_| MelStream::new(dialect)).collect::<Result<Vec<_>>>()?;
        let look_ahead_samples = mels.first().map_or(0, MelStream::look_ahead_samples);
        let frames = plan.window_frames() + 1;
        // A chunk goes as soon as it can, and pushes are no longer than a hop.
        let samples = (frames + 1) * format.hop + look_ahead_samples;
        Ok(Self {
            format,
            plan,
            dialect: dialect.clone(),
            channels,
            mels,
            fresh: vec![vec![0.0; format.n_mels]; rows],
            inlet,
            fed: vec![0.0; format.n_mels],
            edit: MelEdit::new(dialect, channels),
            frames: vec![Ring::new(frames, format.n_mels); channels],
            pair: ChannelPair::new(dialect),
            told: vec![Ring::new(frames, format.n_mels); if channels == 2 { 2 } else { 0 }],
            alike: Ring::new(frames, 1),
            samples: vec![Ring::new(samples, 1); rows],
            samples_seen: 0,
            frames_seen: 0,
            frames_sounded: 0,
            samples_sounded: vec![0; rows],
            next_chunk: 0,
            begin: 0,
            stretch: 0,
        })
    }

    /// The samples beyond `f · hop` that frame `f` needs.
    pub fn look_ahead_samples(&self) -> usize {
        self.mels.first().map_or(0, MelStream::look_ahead_samples)
    }

    /// Forgets everything: as new.
    pub fn reset(&mut self) {
        self.mels.iter_mut().for_each(MelStream::reset);
        self.inlet.reset();
        self.edit.reset();
        (self.samples_seen, self.frames_seen, self.next_chunk) = (0, 0, 0);
        self.frames_sounded = 0;
        self.samples_sounded.fill(0);
        (self.begin, self.stretch) = (0, 0);
    }

    /// Takes in frames that were fed, if they are asked for. Whether there are some to play.
    pub fn listen(&mut self, controls: &Controls) -> bool {
        self.inlet.receive(controls.mel_from == MelFrom::Feed)
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
        for (index, (ring, sounded)) in self.samples.iter_mut().zip(&mut self.samples_sounded).enumerate() {
            ring.write(self.samples_seen, row(index));
            if let Some(last) = row(index).iter().rposition(|sample| *sample != 0.0) {
                *sounded = self.samples_seen + last as u64 + 1;
            }
        }
        self.samples_seen += row(0).len() as u64;
        self.listen(controls);
        if complete {
            self.store(controls, tap);
        }
    }

    fn store(&mut self, controls: &Controls, tap: impl FnOnce(u64, &[f32])) {
        let first_row = match controls.mel_from {
            MelFrom::Main => Some(0),
            MelFrom::SideChain => Some(self.channels),
            MelFrom::Feed => {
                self.inlet.next(&mut self.fed);
                None
            }
        };
        for (channel, frames) in self.frames.iter_mut().enumerate() {
            let frame = frames.row_mut(self.frames_seen);
            frame.copy_from_slice(first_row.map_or(&self.fed, |row| &self.fresh[row + channel]));
            self.edit.apply(channel, frame, &controls.edit);
            if !self.dialect.is_silent(frame) {
                self.frames_sounded = self.frames_seen + 1;
            }
        }
        if let ([left, right], [told_left, told_right]) = (&self.frames[..], &mut self.told[..]) {
            let frame = self.frames_seen;
            let told = [told_left, told_right].map(|told| told.row_mut(frame));
            self.alike.row_mut(frame)[0] = self.pair.compare([left.row(frame), right.row(frame)], told);
        }
        if let Some(frames) = self.frames.first() {
            tap(self.frames_seen, frames.row(self.frames_seen));
        }
        self.frames_seen += 1;
    }

    /// Samples that are missing for the chunk that comes next.
    pub fn missing_samples(&self) -> u64 {
        let end = (self.next_chunk + 1) * self.plan.chunk_frames as u64 + self.plan.right_frames as u64;
        let needed = (end - 1) * self.format.hop as u64 + self.look_ahead_samples().max(self.format.hop) as u64;
        needed.saturating_sub(self.samples_seen)
    }

    /// The chunk that is complete and has not been taken, and its frames.
    pub fn ready(&self) -> Option<(u64, Span)> {
        (self.missing_samples() == 0).then(|| {
            let span = self.plan.span(self.next_chunk as usize);
            (self.next_chunk, span.after(self.begin as usize))
        })
    }

    /// Whether nothing sounds in the window of the chunk that is ready: in its frames, and in the carrier under them.
    pub fn is_silent(&self, controls: &Controls) -> bool {
        let start = self.plan.span(self.next_chunk as usize).window.start as u64;
        let start_sample = start * self.format.hop as u64;
        let carrier = self.carrier_row(controls).map(|row| &self.samples_sounded[row..row + self.channels]);
        self.frames_sounded <= start
            && carrier.is_none_or(|sounded| sounded.iter().all(|end| *end <= start_sample))
    }

    /// The first row of the carrier; none where sampling starts from noise.
    fn carrier_row(&self, controls: &Controls) -> Option<usize> {
        match controls.carrier {
            _ if controls.request.strength >= 1.0 => None,
            Carrier::Noise => None,
            Carrier::Main => Some(0),
            Carrier::SideChain => Some(self.channels),
        }
    }

    /// Fills `chunk` with the chunk that is ready.
    pub fn fill(&self, chunk: &mut Chunk, index: u64, span: &Span, controls: &Controls) {
        (chunk.index, chunk.stretch) = (index, self.stretch);
        let first_row = self.carrier_row(controls);
        let (start, frames, hop) = (span.window.start as u64, span.window.len(), self.format.hop);
        for (channel, window) in chunk.windows.iter_mut().enumerate() {
            window.first_frame = start;
            window.output = span.output_in_window();
            window.request.clone_from(&controls.request);
            let most = self.format.context.look_ahead_frames(self.plan.right_frames);
            window.request.look_ahead_frames = window.request.look_ahead_frames.min(most);
            window.request.detail = controls.edit.detail;
            window.mel.clear();
            self.frames[channel].read(start, frames, |frames| window.mel.extend(frames));
            window.link.told.clear();
            window.link.shared.clear();
            if let Some(told) = self.told.get(channel) {
                told.read(start, frames, |frames| window.link.told.extend(frames));
            }
            if channel > 0 {
                self.alike.read(start, frames, |alike| window.link.shared.extend_from_slice(alike));
            }
            window.carrier.clear();
            match first_row {
                Some(first_row) => {
                    let samples = frames * hop + self.format.tail_samples;
                    self.samples[first_row + channel]
                        .read(start * hop as u64, samples, |samples| window.carrier.extend_from_slice(samples))
                }
                // Without a carrier the network starts from noise, however strong it is meant to be.
                None => window.request.strength = 1.0,
            }
        }
    }

    /// Leaves the chunk that is ready behind, whether or not it was filled.
    pub fn advance(&mut self) {
        self.next_chunk += 1;
    }

    /// Leaves the chunk that is ready behind as silent: what sounds after it begins anew.
    pub fn advance_silent(&mut self) {
        self.advance();
        self.begin = self.next_chunk * self.plan.chunk_frames as u64;
        self.stretch = self.stretch.wrapping_add(1);
    }
}
