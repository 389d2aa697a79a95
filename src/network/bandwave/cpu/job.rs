//! One window's way through the network, stretch after stretch of a few frames.

use std::ops::Range;

use super::condition::Conditions;
use super::ends::{Decode, Encode, Stretch};
use super::history::Rings;
use super::layer::{BLOCK_ROWS, Layer, Scratch};
use super::packed::Packed;
use crate::kernel::{Executor, ROWS, SharedRows};

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
    pub(super) fn run(&mut self, threads: &mut Executor<Scratch>, stretch_frames: usize) {
        for first in (0..self.frames.len()).step_by(stretch_frames.max(1)) {
            let frames = stretch_frames.min(self.frames.len() - first);
            self.stretch(threads, Stretch { first, frames });
        }
    }

    fn stretch(&mut self, threads: &mut Executor<Scratch>, stretch: Stretch) {
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
