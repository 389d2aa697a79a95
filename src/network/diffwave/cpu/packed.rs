//! A network's weights as the bodies want them: packed once, with every constant factor folded in.

use super::winograd;
use crate::kernel::{Buffer, FILTER_EXPONENT, GATE_EXPONENT, Matrix, UNIT};
use crate::network::Weights;
use crate::network::diffwave::config::DiffWaveConfig;

/// A network's packed weights. `width` stands for the filled-up channels.
pub(super) struct Packed {
    /// Channels.
    pub(super) channels: usize,
    /// Channels filled up to whole registers.
    pub(super) width: usize,
    /// The input projection: weight and bias, `[width]` each.
    pub(super) entry: [Buffer; 2],
    /// The residual layers.
    pub(super) layers: Vec<PackedLayer>,
    /// What the sum of skips starts from: all biases of it and of the skip projection, `[width]`.
    pub(super) skip_bias: Buffer,
    /// The output projection, `[width]`.
    pub(super) output: Buffer,
    /// Its bias.
    pub(super) output_bias: f32,
}

/// A residual layer's packed weights. Columns of the gated sum are gates, then filters.
pub(super) struct PackedLayer {
    /// Dilation of its convolution.
    pub(super) dilation: usize,
    /// The convolution as the products of a tile, `[channels, 2·width]` each.
    pub(super) dilated: [Matrix; winograd::MOST_PRODUCTS],
    /// The conditioner projection, `[n_mels, 2·width]`.
    pub(super) conditioner: Option<Matrix>,
    /// The label projection, `[128, 2·width]`.
    pub(super) label: Option<Buffer>,
    /// Bias of them all, `[2·width]`.
    pub(super) bias: Buffer,
    /// The output projection's residual half, scaled, `[channels, width]`; the last layer's is never needed.
    pub(super) residual: Option<Matrix>,
    /// Its skip half, scaled, and the skip projection after it, `[channels, width]`.
    pub(super) skip: Matrix,
}

impl Packed {
    /// Packs (validated) weights into panels of `panel_columns`.
    pub(super) fn new(config: &DiffWaveConfig, weights: &Weights, panel_columns: usize) -> Self {
        let channels = config.channels;
        let width = channels.next_multiple_of(UNIT);
        let filled = |name: &str| fill(weights.values(name), width);
        let packing = Packing { config, weights, panel_columns, width };
        Self {
            channels,
            width,
            entry: [filled("input_projection.weight"), filled("input_projection.bias")],
            layers: (0..config.layers).map(|index| packing.layer(index)).collect(),
            skip_bias: packing.skip_bias(),
            output: filled("output_projection.weight"),
            output_bias: weights.values("output_projection.bias")[0],
        }
    }
}

/// `values` and zeros up to `width`.
fn fill(values: &[f32], width: usize) -> Buffer {
    let mut buffer = Buffer::zeroed(width);
    buffer[..values.len()].copy_from_slice(values);
    buffer
}

/// What packing a layer needs.
struct Packing<'a> {
    config: &'a DiffWaveConfig,
    weights: &'a Weights,
    panel_columns: usize,
    width: usize,
}

impl Packing<'_> {
    fn layer(&self, index: usize) -> PackedLayer {
        let values = |part: &str| self.weights.values(&format!("residual_layers.{index}.{part}"));
        let (channels, config) = (self.config.channels, self.config);
        let dilated = values("dilated_conv.weight");
        let products: Vec<[f32; winograd::MOST_PRODUCTS]> =
            dilated.as_chunks().0.iter().map(|taps| winograd::weights(*taps)).collect();
        let output = values("output_projection.weight");
        let residual = |row: usize, column: usize| output[column * channels + row] * config.residual_scale();
        let skip = |row: usize, column: usize| {
            self.skip_projected(column, |channel| output[(channels + channel) * channels + row])
        };
        PackedLayer {
            dilation: config.dilation(index),
            dilated: std::array::from_fn(|product| {
                self.gated(channels, |row, channel| products[channel * channels + row][product])
            }),
            conditioner: config.n_mels.map(|n_mels| {
                let weight = values("conditioner_projection.weight");
                self.gated(n_mels, |band, channel| weight[channel * n_mels + band])
            }),
            label: config.classes.map(|_| self.label(index)),
            bias: self.bias(index),
            residual: (index + 1 < config.layers).then(|| self.half(residual)),
            skip: self.half(skip),
        }
    }

    /// What the skip projection, scaled as the sum of skips is, makes of `value(channel)` in channel `column`.
    fn skip_projected(&self, column: usize, value: impl Fn(usize) -> f32) -> f32 {
        let channels = self.config.channels;
        let weight = &self.weights.values("skip_projection.weight")[column * channels..][..channels];
        let products = weight.iter().enumerate();
        let sum: f64 = products.map(|(channel, weight)| f64::from(*weight) * f64::from(value(channel))).sum();
        (sum * f64::from(self.config.skip_scale())) as f32
    }

    /// Bias of the skip projection with those of all skips before it.
    fn skip_bias(&self) -> Buffer {
        let channels = self.config.channels;
        let mut skips = vec![0.0; channels];
        for index in 0..self.config.layers {
            let bias = self.weights.values(&format!("residual_layers.{index}.output_projection.bias"));
            for (sum, bias) in skips.iter_mut().zip(&bias[channels..]) {
                *sum += bias;
            }
        }
        let mut projected = fill(self.weights.values("skip_projection.bias"), self.width);
        for (column, projected) in projected.iter_mut().enumerate().take(channels) {
            *projected += self.skip_projected(column, |channel| skips[channel]);
        }
        projected
    }

    /// A half of the output projection from `value(row, column)`, `[channels, width]`.
    fn half(&self, value: impl Fn(usize, usize) -> f32) -> Matrix {
        let channels = self.config.channels;
        self.pack(channels, self.width, |row, column| if column < channels { value(row, column) } else { 0.0 })
    }

    /// Bias of the gated sum: of everything that is added up in it.
    fn bias(&self, index: usize) -> Buffer {
        let values = |part: &str| self.weights.values(&format!("residual_layers.{index}.{part}.bias"));
        let conditioner = self.config.n_mels.map(|_| values("conditioner_projection"));
        let label = self.config.classes.map(|_| values("label_projection"));
        let parts: Vec<&[f32]> =
            std::iter::once(values("dilated_conv")).chain(conditioner).chain(label).collect();
        let mut bias = Buffer::zeroed(2 * self.width);
        for (column, bias) in bias.iter_mut().enumerate() {
            if let Some((channel, factor)) = self.source(column) {
                *bias = factor * parts.iter().map(|part| part[channel]).sum::<f32>();
            }
        }
        bias
    }

    /// The label projection, transposed.
    fn label(&self, index: usize) -> Buffer {
        let weight = self.weights.values(&format!("residual_layers.{index}.label_projection.weight"));
        let (columns, depth) = (2 * self.width, weight.len() / (2 * self.config.channels));
        let mut projection = Buffer::zeroed(depth * columns);
        for (k, row) in projection.chunks_exact_mut(columns).enumerate() {
            for (column, value) in row.iter_mut().enumerate() {
                if let Some((channel, factor)) = self.source(column) {
                    *value = factor * weight[channel * depth + k];
                }
            }
        }
        projection
    }

    /// A matrix onto gates and filters from `value(row, channel)`, scaled to the exponents that the gate takes.
    fn gated(&self, depth: usize, value: impl Fn(usize, usize) -> f32) -> Matrix {
        self.pack(depth, 2 * self.width, |row, column| {
            self.source(column).map_or(0.0, |(channel, factor)| factor * value(row, channel))
        })
    }

    /// The output channel of a convolution behind a column of the gated sum, and its factor; none for filling.
    fn source(&self, column: usize) -> Option<(usize, f32)> {
        let channels = self.config.channels;
        let (channel, first, factor) = match column < self.width {
            true => (column, 0, GATE_EXPONENT),
            false => (column - self.width, channels, FILTER_EXPONENT),
        };
        (channel < channels).then_some((first + channel, factor))
    }

    fn pack(&self, depth: usize, columns: usize, value: impl Fn(usize, usize) -> f32) -> Matrix {
        Matrix::pack(depth, columns, self.panel_columns, value)
    }
}
