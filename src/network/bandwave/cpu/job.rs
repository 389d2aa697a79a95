//! One window's way through the network, stretch after stretch of a few frames.

use std::ops::Range;

use parking_lot::Mutex;

use super::condition::Conditions;
use super::ends::{Decode, Encode, Stretch};
use super::history::Rings;
use super::layer::{BLOCK_ROWS, Layer, Scratch};
use super::packed::Packed;
use crate::kernel::{Executor, Lanes, ROWS, SharedRows, Work};

/// Who runs the blocks of a work.
pub(super) trait Run {
    /// Threads that share them.
    fn threads(&self) -> usize;

    /// Runs them all.
    fn run<W: Work<Scratch = Scratch>>(&mut self, work: &W);
}

impl Run for Executor<Scratch> {
    fn threads(&self) -> usize {
        Executor::threads(self)
    }

    fn run<W: Work<Scratch = Scratch>>(&mut self, work: &W) {
        Executor::run(self, work);
    }
}

/// One thread, in the middle of a block.
struct Alone<'a, V> {
    scratch: &'a mut Scratch,
    lanes: std::marker::PhantomData<V>,
}

impl<V: Lanes> Run for Alone<'_, V> {
    #[inline(always)]
    fn threads(&self) -> usize {
        1
    }

    #[inline(always)]
    fn run<W: Work<Scratch = Scratch>>(&mut self, work: &W) {
        // A closure would be compiled without the instruction set.
        for block in 0..work.blocks() {
            work.run::<V>(block, self.scratch);
        }
    }
}

/// A window.
pub(super) struct Job<'a> {
    pub(super) packed: &'a Packed,
    pub(super) rings: &'a Rings,
    pub(super) conditions: &'a Conditions,
    /// The level's part of all layers' gated sums, `[layers, 2 · channels]`.
    pub(super) level: &'a [f32],
    /// The window's frames among those of the batch.
    pub(super) frames: Range<usize>,
    /// `[frames, 2 · bins]`
    pub(super) x: &'a [f32],
    pub(super) x0: &'a mut [f32],
    /// Memory for three times the tokens of a stretch.
    pub(super) tokens: &'a mut [f32],
    pub(super) history: &'a mut [f32],
}

impl Job<'_> {
    /// All layers on all frames, `stretch_frames` at a time.
    #[inline(always)]
    pub(super) fn run(&mut self, threads: &mut impl Run, stretch_frames: usize) {
        for first in (0..self.frames.len()).step_by(stretch_frames.max(1)) {
            let frames = stretch_frames.min(self.frames.len() - first);
            self.stretch(threads, Stretch { first, frames });
        }
    }

    #[inline(always)]
    fn stretch(&mut self, threads: &mut impl Run, stretch: Stretch) {
        let Self { packed, rings, conditions, .. } = *self;
        let (channels, bins) = (packed.channels, packed.bins);
        let rows = stretch.frames * packed.tokens;
        let (x, normalized) = self.tokens[..3 * rows * channels].split_at_mut(rows * channels);
        let (mut y, mut next) = normalized.split_at_mut(rows * channels);
        threads.run(&Encode {
            packed,
            stretch,
            input: self.x,
            envelope: &conditions.log_envelopes()[self.frames.start * bins..self.frames.end * bins],
            x: SharedRows::new(x, channels),
            y: SharedRows::new(y, channels),
        });
        let block_rows = rows.div_ceil(threads.threads()).next_multiple_of(ROWS).min(BLOCK_ROWS);
        for (index, weights) in packed.layers.iter().enumerate() {
            let width = 2 * channels;
            let first_frame = self.frames.start + stretch.first;
            threads.run(&Layer {
                packed,
                weights,
                index,
                block_rows,
                rows,
                x: SharedRows::new(x, channels),
                y,
                next: SharedRows::new(next, channels),
                rings,
                history: self.history,
                condition: &conditions.of_layer(index)[first_frame * width..],
                level: &self.level[index * width..][..width],
            });
            rings.take(self.history, index, y);
            std::mem::swap(&mut y, &mut next);
        }
        rings.advance(self.history, stretch.frames);
        threads.run(&Decode { packed, stretch, y, output: SharedRows::new(self.x0, 2 * bins) });
    }
}

/// Windows, each as a block: threads do not meet before all are done.
pub(super) struct Jobs<'a, 'b> {
    pub(super) jobs: &'a [Mutex<Job<'b>>],
    pub(super) stretch_frames: usize,
}

impl Work for Jobs<'_, '_> {
    type Scratch = Scratch;

    fn blocks(&self) -> usize {
        self.jobs.len()
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, scratch: &mut Scratch) {
        // Nobody else takes it: a block is run once.
        let mut job = self.jobs[block].lock();
        job.run(&mut Alone::<V> { scratch, lanes: std::marker::PhantomData }, self.stretch_frames);
    }
}
