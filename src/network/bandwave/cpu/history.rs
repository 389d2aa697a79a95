//! What the next frames look back at: of every layer along time its input at the last frames, in a ring.
//!
//! A history is plain numbers, so that whoever holds one can copy it and knows nothing of its order: a first unit of which the
//! first value counts frames, then the rings, layer after layer. Zeros are a history of nothing.

use crate::kernel::UNIT;
use crate::network::bandwave::config::{Along, BandWaveConfig};

/// Where the rings lie.
#[derive(Clone)]
pub(super) struct Rings {
    /// Per layer where its ring begins, and how many frames it holds; none along bands.
    layers: Vec<Option<(usize, usize)>>,
    /// Values of a frame.
    frame: usize,
    /// Values of a history.
    values: usize,
    /// Frames after which all rings are where they were.
    period: usize,
}

impl Rings {
    pub(super) fn new(config: &BandWaveConfig) -> Self {
        let frame = config.tokens() * config.channels;
        let (mut values, mut period) = (UNIT, 1);
        let layers = (0..config.layers).map(|index| match config.layer(index) {
            (Along::Time, dilation) => {
                let (start, frames) = (values, 2 * dilation);
                values += frames * frame;
                // Dilations are powers of two.
                period = period.max(frames);
                Some((start, frames))
            }
            (Along::Bands, _) => None,
        });
        let layers = layers.collect();
        Self { layers, frame, values, period }
    }

    /// Values of a history.
    pub(super) fn values(&self) -> usize {
        self.values
    }

    /// The input of `layer` at the frame `back` frames before the next one.
    #[inline(always)]
    pub(super) fn frame<'a>(&self, history: &'a [f32], layer: usize, back: usize) -> &'a [f32] {
        let (start, frames) = self.layers[layer].expect("only layers along time look back");
        let slot = (self.next(history) + frames - back) % frames;
        &history[start + slot * self.frame..][..self.frame]
    }

    /// Takes the input of `layer` at the next frames, `[frames, tokens · channels]`, of which the count stays as it is.
    pub(super) fn take(&self, history: &mut [f32], layer: usize, input: &[f32]) {
        let Some((start, frames)) = self.layers[layer] else { return };
        let next = self.next(history);
        let count = input.len() / self.frame;
        for (index, input) in input.chunks_exact(self.frame).enumerate().skip(count.saturating_sub(frames)) {
            let slot = (next + index) % frames;
            history[start + slot * self.frame..][..self.frame].copy_from_slice(input);
        }
    }

    /// Counts `frames` frames, which all layers have taken.
    pub(super) fn advance(&self, history: &mut [f32], frames: usize) {
        history[0] = ((self.next(history) + frames) % self.period) as f32;
    }

    /// The number of the next frame in its period.
    #[inline(always)]
    fn next(&self, history: &[f32]) -> usize {
        history[0] as usize
    }
}
