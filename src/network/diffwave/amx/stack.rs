//! The residual layers packed for the tile unit, and what goes into them.

use std::ops::Range;

use super::matrix::{BLOCK, TileMatrix};
use crate::network::diffwave::config::DiffWaveConfig;

/// Samples that the gradients of weights are summed over at a time: their transposes stay in the second cache. Signals are
/// of whole ones.
pub const CHUNK: usize = DiffWaveConfig::HOP;

/// What goes into the layers for one signal.
pub struct CropInputs<'a> {
    /// The first layer's input, `[channels, samples]`.
    pub x: &'a [f32],
    /// Every layer's projection of the step, `[layers, channels]`.
    pub steps: &'a [f32],
    /// The upsampled mel frames, `[bands, samples]`.
    pub conditioner: &'a [f32],
    /// What is added before every layer's gates, `[layers, 2 · channels]`.
    pub bias: &'a [f32],
}

/// A layer's matrices.
pub(super) struct Layer {
    pub(super) dilation: usize,
    /// Three taps and the conditioner to gates: `[3 · width + bands_width, 2 · width]`.
    pub(super) gates: TileMatrix,
    /// Gates' gradients at three taps to the input's: `[6 · width, width]`.
    pub(super) gates_to_input: TileMatrix,
    /// Gates' gradients to the conditioner's: `[2 · width, bands_width]`.
    pub(super) gates_to_conditioner: TileMatrix,
    /// Gated activations to residual and skip: `[width, 2 · width]`.
    pub(super) output: TileMatrix,
    /// Gradients of the layer's output, its scale included, and of the skips to the gated activations':
    /// `[2 · width, width]`.
    pub(super) output_to_gated: TileMatrix,
    /// `[2 · width]`
    pub(super) output_bias: Vec<f32>,
}

/// All residual layers of a network, packed.
pub struct ResidualStack {
    pub(super) channels: usize,
    /// Channels in whole tiles.
    pub(super) width: usize,
    pub(super) bands: usize,
    pub(super) bands_width: usize,
    pub(super) causal: bool,
    pub(super) residual_scale: f32,
    /// Rows of zeros on either side of a signal: as far as any tap reaches.
    pub(super) reach: usize,
    pub(super) layers: Vec<Layer>,
}

impl ResidualStack {
    /// Packs the `weights` of a network of this configuration, whose conditioner has `bands` bands: layer after layer the
    /// dilated convolution, `[2 · channels, channels, 3]`, the conditioner's projection, `[2 · channels, bands]`, the output
    /// projection, `[2 · channels, channels]`, and its bias, `[2 · channels]`.
    ///
    /// # Panics
    /// Where there are not as many.
    pub fn new(config: &DiffWaveConfig, bands: usize, weights: &[f32]) -> Self {
        let (channels, width) = (config.channels, config.channels.next_multiple_of(BLOCK));
        let dilations = (0..config.layers).map(|index| config.dilation(index));
        let longest = dilations.clone().max().unwrap_or(0);
        let mut stack = Self {
            channels,
            width,
            bands,
            bands_width: bands.next_multiple_of(BLOCK),
            causal: config.causal,
            residual_scale: config.residual_scale(),
            reach: if config.causal { 2 * longest } else { longest },
            layers: Vec::with_capacity(config.layers),
        };
        assert_eq!(weights.len(), config.layers * stack.layer_weights(), "weights of the residual layers");
        for (dilation, weights) in dilations.zip(weights.chunks_exact(stack.layer_weights())) {
            stack.layers.push(stack.layer(dilation, weights));
        }
        stack
    }

    /// Weights of a layer.
    pub(super) fn layer_weights(&self) -> usize {
        2 * self.channels * (3 * self.channels + self.bands + self.channels + 1)
    }

    /// Where a layer's weights are among its own: the dilated convolution, the conditioner's projection, the output
    /// projection, and its bias.
    pub(super) fn parts(&self) -> [Range<usize>; 4] {
        let (channels, double) = (self.channels, 2 * self.channels);
        let mut end = 0;
        [3 * channels * double, self.bands * double, channels * double, double].map(|length| {
            let start = end;
            end += length;
            start..end
        })
    }

    /// Packs one layer's weights.
    fn layer(&self, dilation: usize, weights: &[f32]) -> Layer {
        let [dilated, conditioner, outputs, output_bias] = self.parts().map(|part| &weights[part]);
        let Self { channels, width, bands, bands_width, residual_scale, .. } = *self;
        // A half of the doubled channels fills whole tiles, with zeros after the real channels.
        let real = |padded: usize| {
            let (half, channel) = (padded / width, padded % width);
            (channel < channels).then_some(half * channels + channel)
        };
        let tap = |output: usize, tap: usize, input: usize| match real(output) {
            Some(output) if input < channels => dilated[(output * channels + input) * 3 + tap],
            _ => 0.0,
        };
        let band = |output: usize, band: usize| match real(output) {
            Some(output) if band < bands => conditioner[output * bands + band],
            _ => 0.0,
        };
        let output = |output: usize, input: usize| match real(output) {
            Some(output) if input < channels => outputs[output * channels + input],
            _ => 0.0,
        };
        Layer {
            dilation,
            gates: TileMatrix::pack(3 * width + bands_width, 2 * width, |row, column| {
                match row.checked_sub(3 * width) {
                    None => tap(column, row / width, row % width),
                    Some(row) => band(column, row),
                }
            }),
            gates_to_input: TileMatrix::pack(6 * width, width, |row, column| {
                tap(row % (2 * width), row / (2 * width), column)
            }),
            gates_to_conditioner: TileMatrix::pack(2 * width, bands_width, band),
            output: TileMatrix::pack(width, 2 * width, |row, column| output(column, row)),
            output_to_gated: TileMatrix::pack(2 * width, width, |row, column| {
                let scale = if row < width { residual_scale } else { 1.0 };
                scale * output(row, column)
            }),
            output_bias: self.padded(output_bias),
        }
    }

    /// A row `[2 · channels]` or `[channels]` with every half, or all of it, filled up with zeros.
    pub(super) fn padded(&self, row: &[f32]) -> Vec<f32> {
        let mut padded = vec![0.0; row.len() / self.channels * self.width];
        for (to, from) in padded.chunks_exact_mut(self.width).zip(row.chunks_exact(self.channels)) {
            to[..self.channels].copy_from_slice(from);
        }
        padded
    }

    /// Row of the padded signal that tap `tap` of a layer finds for row `row` of the signal.
    pub(super) fn tapped(&self, layer: &Layer, row: usize, tap: usize) -> usize {
        let behind = if self.causal { 2 } else { 1 };
        self.reach + row + tap * layer.dilation - behind * layer.dilation
    }

    /// Row of the padded gradients whose tap `tap` found row `row` of the signal.
    pub(super) fn tapping(&self, layer: &Layer, row: usize, tap: usize) -> usize {
        let behind = if self.causal { 2 } else { 1 };
        self.reach + row + behind * layer.dilation - tap * layer.dilation
    }
}
