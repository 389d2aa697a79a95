//! A network's weights as the bodies want them: packed once, with every constant factor folded in.

use crate::kernel::{Buffer, FILTER_EXPONENT, GATE_EXPONENT, Matrix, UNIT};
use crate::network::Weights;
use crate::network::bandwave::config::{Along, BandGroup, BandWaveConfig, TAPS};

/// A network's packed weights.
pub(super) struct Packed {
    /// Channels of a token.
    pub(super) channels: usize,
    /// Tokens of a frame.
    pub(super) tokens: usize,
    /// Values of half a frame of x.
    pub(super) bins: usize,
    /// The first and the last projection of the bands of one width.
    pub(super) groups: Vec<PackedGroup>,
    /// What every token starts from: its place and the bias of its projection, `[tokens, channels]`.
    pub(super) place: Buffer,
    pub(super) layers: Vec<PackedLayer>,
    /// From a frame's mels to its condition, `[condition_values, channels]`, and the bias.
    pub(super) condition: Matrix,
    pub(super) condition_bias: Buffer,
}

/// Bands of one width.
pub(super) struct PackedGroup {
    pub(super) group: BandGroup,
    /// The group's first token, and the first bin of that.
    pub(super) first_token: usize,
    pub(super) first_bin: usize,
    /// `[3 · width, channels]`
    pub(super) encode: Matrix,
    /// `[channels, 2 · width]`, columns filled up to whole units, and the bias.
    pub(super) decode: Matrix,
    pub(super) decode_bias: Buffer,
}

/// A layer's packed weights. The columns of the gated sum are in the order of [`Gates`].
pub(super) struct PackedLayer {
    pub(super) along: Along,
    pub(super) dilation: usize,
    /// Per panel of the gated sum its columns, and the weights of every tap, `[channels, columns]`.
    pub(super) taps: Vec<Panel>,
    /// What the sum starts from by band, `[tokens, 2 · channels]`.
    pub(super) place: Buffer,
    /// From a frame's condition to its part of the sum, `[channels, 2 · channels]`.
    pub(super) condition: Matrix,
    /// The output projection, `[channels, channels]`, and its bias.
    pub(super) out: Matrix,
    pub(super) out_bias: Buffer,
}

/// Some columns of a product.
pub(super) struct Panel {
    pub(super) start: usize,
    pub(super) taps: [Matrix; TAPS],
}

/// The order of a gated sum's columns: every panel holds some channels' gates, then the same channels' filters, so that
/// activations are computed in registers; and the factors that these want.
pub(super) struct Gates {
    panel_columns: usize,
    /// The column that each is in PyTorch's order, and its factor.
    columns: Vec<(usize, f32)>,
}

impl Gates {
    pub(super) fn new(channels: usize, panel_columns: usize) -> Self {
        let mut columns = Vec::with_capacity(2 * channels);
        for panel in Matrix::panels(2 * channels, panel_columns) {
            let (first, half) = (panel.start / 2, panel.len() / 2);
            columns.extend((first..first + half).map(|channel| (channel, GATE_EXPONENT)));
            columns.extend((first..first + half).map(|channel| (channels + channel, FILTER_EXPONENT)));
        }
        Self { panel_columns, columns }
    }

    /// `row`, `[2 · channels]` in PyTorch's order, in this one.
    pub(super) fn ordered<'a>(&'a self, row: &'a [f32]) -> impl Iterator<Item = f32> + 'a {
        self.columns.iter().map(|(column, factor)| row[*column] * factor)
    }

    /// A linear map to a gated sum, of which `weight` is `[2 · channels, inputs]`: inputs from `first` on.
    fn matrix(&self, weight: &[f32], inputs: usize, first: usize, depth: usize, columns: Columns) -> Matrix {
        let value = |row: usize, column: usize| {
            let (column, factor) = self.columns[columns.start + column];
            weight[column * inputs + first + row] * factor
        };
        Matrix::pack(depth, columns.count, self.panel_columns, value)
    }
}

/// Some columns of a gated sum.
#[derive(Clone, Copy)]
struct Columns {
    start: usize,
    count: usize,
}

impl Packed {
    /// Packs (validated) weights into panels of `panel_columns`.
    pub(super) fn new(config: &BandWaveConfig, weights: &Weights, gates: &Gates) -> Self {
        let (channels, mut groups) = (config.channels, Vec::new());
        let (mut first_token, mut first_bin) = (0, 0);
        let mut place = weights.values("place").to_vec();
        for (index, group) in config.bands.iter().enumerate() {
            let bias = weights.values(&format!("encode.{index}.bias"));
            let rows = place[first_token * channels..][..group.bands * channels].chunks_exact_mut(channels);
            rows.for_each(|row| row.iter_mut().zip(bias).for_each(|(place, bias)| *place += bias));
            groups.push(PackedGroup {
                group: *group,
                first_token,
                first_bin,
                encode: linear(weights, &format!("encode.{index}"), gates.panel_columns),
                decode: linear(weights, &format!("decode.{index}"), gates.panel_columns),
                decode_bias: filled(weights.values(&format!("decode.{index}.bias"))),
            });
            first_token += group.bands;
            first_bin += group.bands * group.width;
        }
        Self {
            channels,
            tokens: config.tokens(),
            bins: config.bins,
            groups,
            place: filled(&place),
            layers: (0..config.layers).map(|index| PackedLayer::new(config, weights, gates, index)).collect(),
            condition: linear(weights, "condition", gates.panel_columns),
            condition_bias: filled(weights.values("condition.bias")),
        }
    }

    /// Values of a frame's tokens.
    pub(super) fn frame(&self) -> usize {
        self.tokens * self.channels
    }
}

impl PackedLayer {
    fn new(config: &BandWaveConfig, weights: &Weights, gates: &Gates, index: usize) -> Self {
        let (c, name) = (config.channels, |part: &str| format!("layers.{index}.{part}"));
        let (along, dilation) = config.layer(index);
        let taps = weights.values(&name("taps.weight"));
        let panel = |columns: std::ops::Range<usize>| Panel {
            start: columns.start,
            taps: std::array::from_fn(|tap| {
                let columns = Columns { start: columns.start, count: columns.len() };
                gates.matrix(taps, TAPS * c, tap * c, c, columns)
            }),
        };
        let place = weights.values(&name("place"));
        let place: Vec<f32> = place.chunks_exact(2 * c).flat_map(|row| gates.ordered(row)).collect();
        let all = Columns { start: 0, count: 2 * c };
        Self {
            along,
            dilation,
            taps: Matrix::panels(2 * c, gates.panel_columns).map(panel).collect(),
            place: filled(&place),
            condition: gates.matrix(weights.values(&name("condition.weight")), c, 0, c, all),
            out: linear(weights, &name("out"), gates.panel_columns),
            out_bias: filled(weights.values(&name("out.bias"))),
        }
    }
}

/// The linear map `name`, `[inputs, outputs]`, outputs filled up to whole units with zeros.
fn linear(weights: &Weights, name: &str, panel_columns: usize) -> Matrix {
    let weight = weights.values(&format!("{name}.weight"));
    let outputs = weights.values(&format!("{name}.bias")).len();
    let inputs = weight.len() / outputs;
    let value = |row: usize, column: usize| if column < outputs { weight[column * inputs + row] } else { 0.0 };
    Matrix::pack(inputs, outputs.next_multiple_of(UNIT), panel_columns, value)
}

/// `values`, filled up to whole units with zeros.
fn filled(values: &[f32]) -> Buffer {
    let mut buffer = Buffer::zeroed(values.len().next_multiple_of(UNIT));
    buffer[..values.len()].copy_from_slice(values);
    buffer
}
