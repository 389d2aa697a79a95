//! What of a prediction depends on the mel alone: its envelope, and its part of every layer's gated sum.

use std::f32::consts::LN_2;
use std::ops::Range;

use super::layer::Scratch;
use super::level::silu;
use super::packed::Packed;
use crate::kernel::{Buffer, Edge, Executor, Lanes, SharedRows, Work, load, multiply_few, store};
use crate::mel::{Dialect, Mel, SpectralEnvelope};
use crate::network::bandwave::config::BandWaveConfig;

/// Frames of a block.
const BLOCK_FRAMES: usize = 12;

/// The condition of a batch.
pub(super) struct Conditions {
    look_ahead: usize,
    envelope: SpectralEnvelope,
    /// ln of the deviations, near unit variance, `[windows · frames, bins]`.
    pub(super) log_envelopes: Vec<f32>,
    /// What is known of each frame's mels, `[windows · frames, condition_values]`.
    rows: Vec<f32>,
    /// Per layer `[windows · frames, 2 · channels]`.
    projected: Vec<Buffer>,
}

impl Conditions {
    pub(super) fn new(config: &BandWaveConfig, dialect: &Dialect) -> Self {
        let (floor, range) = (SpectralEnvelope::FLOOR, SpectralEnvelope::RANGE);
        Self {
            look_ahead: config.look_ahead,
            envelope: SpectralEnvelope::new(dialect, dialect.n_fft, floor, range),
            log_envelopes: Vec::new(),
            rows: Vec::new(),
            projected: (0..config.layers).map(|_| Buffer::default()).collect(),
        }
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
        self.rows.clear();
        self.log_envelopes.clear();
        for mel in mels {
            for frame in frames.clone() {
                // The density of white noise to the deviation of one part of a bin, less the window's norm.
                let log_densities = self.envelope.log_densities(mel.frame(frame));
                self.log_envelopes.extend(log_densities.map(|ln| (ln - LN_2 / 2.0) / 3.0 + 1.5));
                push_row(&mut self.rows, mel, frame, self.look_ahead, look_ahead);
            }
        }
        let count = mels.len() * frames.len();
        self.projected.iter_mut().for_each(|layer| layer.require(count * 2 * packed.channels));
        let width = 2 * packed.channels;
        let projected = self.projected.iter_mut().map(|layer| SharedRows::new(layer, width)).collect();
        executor.run(&Project { packed, rows: &self.rows, count, projected });
    }
}

/// The mel frames before, at and after `frame`, and which of those after it are known: one that is not is zeros, as is one
/// beyond an end.
fn push_row(rows: &mut Vec<f32>, mel: &Mel, frame: usize, most: usize, known: usize) {
    let n_mels = mel.n_mels();
    let mut push = |at: Option<usize>| match at.filter(|at| *at < mel.frames()) {
        Some(at) => rows.extend(mel.frame(at).iter().map(|value| (value + 4.0) / 3.0)),
        None => rows.resize(rows.len() + n_mels, 0.0),
    };
    push(frame.checked_sub(1));
    push(Some(frame));
    (0..most).for_each(|ahead| push((ahead < known).then_some(frame + 1 + ahead)));
    rows.extend((0..most).map(|ahead| if ahead < known { 1.0 } else { 0.0 }));
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
        let mut edge = Hidden { bias: &self.packed.condition_bias, rows: &mut scratch.gathered };
        multiply_few::<V>(&self.packed.condition, frames, row, &mut edge);
        scratch.gathered.iter_mut().for_each(|value| *value = silu(*value));
        let hidden = &scratch.gathered;
        for (layer, projected) in self.packed.layers.iter().zip(&self.projected) {
            let row = |frame: usize| &hidden[frame * channels..][..channels];
            multiply_few::<V>(&layer.condition, frames, row, &mut Part { first, projected });
        }
    }
}

/// A frame's condition before its activation.
struct Hidden<'a> {
    bias: &'a [f32],
    rows: &'a mut [f32],
}

impl<V: Lanes> Edge<V> for Hidden<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, _: usize, column: usize) -> [V; N] {
        load(&self.bias[column..])
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        store(sums, &mut self.rows[row * self.bias.len() + column..]);
    }
}

/// Its part of a layer's gated sum.
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
