//! Chunks that wait to be rendered: the most urgent first, and none that can only come too late.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::RendererKey;
use super::link::Chunk;
use crate::render::{Format, Request};

/// How long a chunk that its audio thread waits for lets others go before.
const PATIENCE: Duration = Duration::from_millis(500);
/// By how much a stream is more urgent for every chunk in a row that it has lost: those that cannot all be served take turns.
const MADE_UP: Duration = Duration::from_millis(10);

/// A chunk that waits, in the middle of being rendered or not yet begun.
pub(super) struct Pending {
    pub stream: u64,
    pub key: RendererKey,
    pub chunk: Chunk,
    /// The window's frames whose sound is wanted; that of the chunk's windows is what is rendered next of it.
    pub output: Range<usize>,
    arrived: Instant,
    /// Chunks of its stream in a row that were lost before it, once it has begun.
    lost: u32,
}

impl Pending {
    pub fn new(stream: u64, key: RendererKey, chunk: Chunk, arrived: Instant) -> Self {
        let output = chunk.windows.first().map_or(0..0, |window| window.output.clone());
        let mut pending = Self { stream, key, chunk, output, arrived, lost: 0 };
        pending.set_next(pending.output.start..pending.output.start);
        pending
    }

    /// Frames that have not been rendered.
    pub fn frames_left(&self) -> usize {
        self.output.end - self.next().end
    }

    /// Whether all has been rendered.
    pub fn is_complete(&self) -> bool {
        self.frames_left() == 0
    }

    /// Sets what is rendered next: at most `quantum_frames` frames after what was before.
    pub fn narrow(&mut self, quantum_frames: Option<usize>) {
        let start = self.next().end;
        let frames = quantum_frames.unwrap_or(usize::MAX).min(self.output.end - start);
        self.set_next(start..start + frames);
    }

    fn begun(&self) -> bool {
        self.next().end > self.output.start
    }

    fn next(&self) -> Range<usize> {
        self.chunk.windows.first().map_or(0..0, |window| window.output.clone())
    }

    fn set_next(&mut self, output: Range<usize>) {
        self.chunk.windows.iter_mut().for_each(|window| window.output = output.clone());
    }

    /// Frames of what is rendered next of it, at most `quantum_frames`.
    fn next_frames(&self, quantum_frames: Option<usize>) -> usize {
        self.frames_left().min(quantum_frames.unwrap_or(usize::MAX))
    }

    /// What two chunks have in common that are rendered as one batch.
    fn shape(&self) -> (&RendererKey, usize, Range<usize>, Option<&Request>) {
        let window = self.chunk.windows.first();
        let frames = window.map_or(0, |window| window.mel.frames());
        (&self.key, frames, self.output.clone(), window.map(|window| &window.request))
    }
}

/// All chunks that wait, in the order of arrival.
#[derive(Default)]
pub(super) struct Queue {
    pending: Vec<Pending>,
    /// Streams whose latest chunks were dropped, and how many in a row.
    losers: Vec<(u64, u32)>,
}

impl Queue {
    pub fn push(&mut self, pending: Pending) {
        self.pending.push(pending);
    }

    /// Takes back a chunk of which more is to be rendered, the first of its stream.
    pub fn put_back(&mut self, pending: Pending) {
        self.pending.insert(0, pending);
    }

    /// Takes out what is not worth rendering: `worth` gives how long a chunk takes to render and how long it lasts; none
    /// where nobody wants it.
    ///
    /// A chunk that would come late because others were before it is dropped before it is rendered, so that the next of
    /// its stream is in time. One that would come late in any case is heard in part.
    pub fn drop_worthless(
        &mut self,
        now: Instant,
        worth: impl Fn(&Pending) -> Option<(Duration, Duration)>,
    ) -> Vec<Pending> {
        let losers = &mut self.losers;
        let is_worthless = |pending: &mut Pending| {
            let Some((takes, lasts)) = worth(pending) else { return true };
            let Some(needed_at) = pending.chunk.needed_at else { return false };
            let late = (now + takes).saturating_duration_since(needed_at);
            let late_anyway = (pending.arrived + takes).saturating_duration_since(needed_at);
            let too_late = late >= lasts || (!pending.begun() && late > late_anyway + lasts / 4);
            if too_late {
                match losers.iter_mut().find(|(stream, _)| *stream == pending.stream) {
                    Some((_, lost)) => *lost = lost.saturating_add(1),
                    None => losers.push((pending.stream, 1)),
                }
            }
            too_late
        };
        self.pending.extract_if(.., is_worthless).collect()
    }

    /// How many of the latest chunks of `stream` were dropped.
    fn lost(&self, stream: u64) -> u32 {
        self.losers.iter().find(|(of, _)| *of == stream).map_or(0, |(_, lost)| *lost)
    }

    /// Takes the most urgent chunk, and those that are rendered with it: at most one of each stream, and its next.
    ///
    /// Where `format` says that its renderer renders windows only as a whole, that is all that fit into one batch. Else
    /// nothing is won by a long batch, which the next urgent chunk would wait for: chunks are joined where they lengthen
    /// nothing, and short ones to twice the quantum, counted in a row, as far as `in_time` says that so many frames are
    /// rendered before a chunk is needed.
    pub fn take_most_urgent(
        &mut self,
        format: impl Fn(&RendererKey) -> Option<Format>,
        in_time: impl Fn(&Pending, usize) -> bool,
    ) -> Option<Vec<Pending>> {
        let is_first = |index: usize| {
            let stream = self.pending[index].stream;
            self.pending[..index].iter().all(|before| before.stream != stream)
        };
        let due = |index: &usize| {
            let pending = &self.pending[*index];
            let due = pending.chunk.needed_at.unwrap_or(pending.arrived + PATIENCE);
            let lost = pending.lost.max(self.lost(pending.stream));
            due.checked_sub(MADE_UP * lost).unwrap_or(due)
        };
        let index = (0..self.pending.len()).filter(|index| is_first(*index)).min_by_key(due)?;
        let mut first = self.pending.remove(index);
        first.lost = first.lost.max(self.lost(first.stream));
        self.losers.retain(|(stream, _)| *stream != first.stream);
        let others = match format(&first.key) {
            Some(format) => self.take_companions(&first, format, in_time),
            None => Vec::new(),
        };
        Some(std::iter::once(first).chain(others).collect())
    }

    /// Takes those that are rendered with `first`.
    fn take_companions(
        &mut self,
        first: &Pending,
        format: Format,
        in_time: impl Fn(&Pending, usize) -> bool,
    ) -> Vec<Pending> {
        let quantum = format.quantum_frames;
        let next_frames = first.next_frames(quantum);
        // Windows that are rendered side by side need have no shape in common.
        let is_alike = |pending: &Pending| match format.side_by_side {
            1 => pending.shape() == first.shape(),
            _ => pending.key == first.key && pending.next_frames(quantum) <= next_frames,
        };
        let (mut seen, mut windows) = (vec![first.stream], first.chunk.windows.len());
        // What a quantum of all its channels takes.
        let most = quantum.map(|quantum| 2 * format.frames_in_a_row(quantum, windows));
        let is_companion = |pending: &mut Pending| {
            if seen.contains(&pending.stream) {
                return false;
            }
            seen.push(pending.stream);
            let joined = windows + pending.chunk.windows.len();
            let [before, frames] = [windows, joined].map(|all| format.frames_in_a_row(next_frames, all));
            let joins = is_alike(pending)
                && most.is_none_or(|most| {
                    let at_once = |pending: &Pending| pending.next_frames(quantum) == pending.output.len();
                    let both = [first, pending];
                    frames == before
                        || (frames <= most && both.iter().all(|p| at_once(p) && in_time(p, frames)))
                });
            windows = if joins { joined } else { windows };
            joins
        };
        self.pending.extract_if(.., is_companion).collect()
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
