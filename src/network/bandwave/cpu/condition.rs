//! What of a prediction depends on the mel alone: its envelope, and its part of every layer's gated sum.

use std::ops::Range;

use super::layer::Scratch;
use super::packed::Packed;
use crate::kernel::{Biased, Buffer, Edge, Executor, Lanes, SharedRows, Work, multiply_few, silu, store};
use crate::mel::{Dialect, Mel};
use crate::network::bandwave::conditioning::Conditioning;
use crate::network::bandwave::config::BandWaveConfig;

/// Frames of a block.
const BLOCK_FRAMES: usize = 12;

/// The condition of a batch.
pub(super) struct Conditions {
    /// What it is made of, for `[windows · frames]`.
    conditioning: Conditioning,
    /// Per layer `[windows · frames, 2 · channels]`.
    projected: Vec<Buffer>,
}

impl Conditions {
    pub(super) fn new(config: &BandWaveConfig, dialect: &Dialect) -> Self {
        let projected = (0..config.layers).map(|_| Buffer::default()).collect();
        Self { conditioning: Conditioning::new(config, dialect), projected }
    }

    /// Another, for a batch of its own.
    pub(super) fn beside(&self) -> Self {
        let projected = self.projected.iter().map(|_| Buffer::default()).collect();
        Self { conditioning: self.conditioning.clone(), projected }
    }

    /// ln of the deviations, near unit variance, `[windows · frames, bins]`.
    pub(super) fn log_envelopes(&self) -> &[f32] {
        &self.conditioning.log_envelopes
    }

    /// The part of the gated sum of `layer`, `[windows · frames, 2 · channels]`.
    pub(super) fn of_layer(&self, layer: usize) -> &[f32] {
        &self.projected[layer]
    }

    /// Takes the frames `frames` of all `mels`, told up to `look_ahead` frames ahead.
    pub(super) fn prepare(
        &mut self,
        packed: &Packed,
        executor: &mut Executor<Scratch>,
        mels: &[&Mel],
        frames: Range<usize>,
        look_ahead: usize,
    ) {
        self.conditioning.clear();
        mels.iter().for_each(|mel| self.conditioning.take(mel, frames.clone(), look_ahead));
        let count = mels.len() * frames.len();
        self.projected.iter_mut().for_each(|layer| layer.require(count * 2 * packed.channels));
        let width = 2 * packed.channels;
        let projected = self.projected.iter_mut().map(|layer| SharedRows::new(layer, width)).collect();
        executor.run(&Project { packed, rows: &self.conditioning.rows, count, projected });
    }
}

/// Projects the mels of some frames to every layer's gated sum.
struct Project<'a> {
    packed: &'a Packed,
    rows: &'a [f32],
    count: usize,
    projected: Vec<SharedRows<'a>>,
}

impl Work for Project<'_> {
    type Scratch = Scratch;

    fn blocks(&self) -> usize {
        self.count.div_ceil(BLOCK_FRAMES)
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, scratch: &mut Scratch) {
        let first = block * BLOCK_FRAMES;
        let frames = BLOCK_FRAMES.min(self.count - first);
        let (channels, depth) = (self.packed.channels, self.packed.condition.depth());
        scratch.gathered.require(frames * channels);
        let row = |frame: usize| &self.rows[(first + frame) * depth..][..depth];
        let mut edge = Biased { bias: &self.packed.condition_bias, rows: &mut scratch.gathered };
        multiply_few::<V>(&self.packed.condition, frames, row, &mut edge);
        silu(&mut scratch.gathered);
        let hidden = &scratch.gathered;
        for (layer, projected) in self.packed.layers.iter().zip(&self.projected) {
            let row = |frame: usize| &hidden[frame * channels..][..channels];
            multiply_few::<V>(&layer.condition, frames, row, &mut Part { first, projected });
        }
    }
}

/// A frame's part of a layer's gated sum.
struct Part<'a> {
    first: usize,
    projected: &'a SharedRows<'a>,
}

impl<V: Lanes> Edge<V> for Part<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, _: usize, _: usize) -> [V; N] {
        [V::splat(0.0); N]
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        // SAFETY: a frame belongs to one block.
        let projected = unsafe { self.projected.row(self.first + row) };
        store(sums, &mut projected[column..]);
    }
}
