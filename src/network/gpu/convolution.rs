//! Convolutions over rows, linear maps among them: one kernel for each width of a workgroup.

use std::sync::Arc;

use super::device::Device;
use super::kernel::{Access, Kernel};
use super::packing::{WORKGROUP, padded};
use super::recording::Recording;
use super::storage::Storage;

/// Rows that a thread computes.
const THREAD_ROWS: usize = 4;
/// Most threads side by side, of four outputs each.
const MOST_LANES: usize = 16;

/// What is done to values that go in or come out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Side {
    /// Nothing.
    #[default]
    Plain,
    /// What is below zero is multiplied by this.
    Rectified(f32),
    /// x/(1 + e⁻ˣ); of what comes out alone.
    Silu,
    /// A shift and a scale for every value, then rectified; of what goes in alone.
    Modulated(f32),
}

/// How rows of the input come to the rate of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Rate {
    /// They have it.
    #[default]
    Same,
    /// They have it, but are of one value each, without padding.
    Values,
    /// So many rows of the output take the row of the input that they lie in.
    Nearest(usize),
    /// So many rows of the output are interpolated between rows of the input.
    Interpolated(usize),
    /// A row of the output is the mean of two of so many rows of the input.
    Taken(usize, [usize; 2]),
}

impl Rate {
    /// Rows of the input under `rows` rows of the output.
    fn input_rows(self, rows: usize) -> usize {
        match self {
            Self::Same | Self::Values => rows,
            Self::Nearest(factor) | Self::Interpolated(factor) => rows / factor,
            Self::Taken(factor, _) => rows * factor,
        }
    }
}

/// What a convolution does beside its product.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConvolutionShape {
    /// Rows between two taps.
    pub dilation: usize,
    /// How the input's rows come to the rate of the output.
    pub rate: Rate,
    /// What is done to values that go in, after they are multiplied by `input_scale`.
    pub before: Side,
    /// A factor on the input.
    pub input_scale: f32,
    /// What is done to values that come out.
    pub after: Side,
}

impl Default for ConvolutionShape {
    fn default() -> Self {
        Self {
            dilation: 1,
            rate: Rate::default(),
            before: Side::default(),
            input_scale: 1.0,
            after: Side::default(),
        }
    }
}

/// What a convolution reads and writes.
pub(crate) struct ConvolutionBuffers<'a> {
    /// `[rows, padded inputs]`
    pub input: &'a Storage,
    /// `[rows, 2 · padded inputs]`, where the input is modulated.
    pub modulation: Option<&'a Storage>,
    /// Of all convolutions.
    pub weights: &'a Storage,
    /// Added to every row, `[padded outputs]`.
    pub level: Option<&'a Storage>,
    /// Added to the output.
    pub residual: Option<&'a Storage>,
    pub output: &'a Storage,
}

/// A convolution on a device.
pub(crate) struct Convolution {
    kernel: Arc<Kernel>,
    inputs: usize,
    outputs: usize,
    taps: usize,
    /// Where its weights begin.
    weights: usize,
    lanes: usize,
    tile: usize,
}

impl Convolution {
    /// A convolution of `inputs` to `outputs` channels with `taps` taps, whose weights `[outputs, inputs, taps]`, as PyTorch lays them
    /// out, and biases are put at the end of `packed`. Outputs are in so many `parts`, each padded by itself.
    pub(crate) fn new(
        device: &Device,
        [inputs, outputs, taps]: [usize; 3],
        parts: usize,
        weight: &dyn Fn(usize, usize, usize) -> f32,
        biases: &[f32],
        packed: &mut Vec<f32>,
    ) -> Self {
        let part = outputs / parts;
        let width = padded(part) * parts;
        let own = |place: usize| {
            let (index, channel) = (place / padded(part), place % padded(part));
            (channel < part).then(|| index * part + channel)
        };
        let start = packed.len();
        for (tap, input) in (0..taps).flat_map(|tap| (0..padded(inputs)).map(move |input| (tap, input))) {
            let value = |output: usize| if input < inputs { weight(output, input, tap) } else { 0.0 };
            packed.extend((0..width).map(|place| own(place).map_or(0.0, value)));
        }
        packed.extend((0..width).map(|place| own(place).map_or(0.0, |output| biases[output])));

        let vectors = width / 4;
        let lanes =
            (1..=MOST_LANES.min(vectors)).rev().find(|lanes| vectors.is_multiple_of(*lanes)).unwrap_or(1);
        let lines = WORKGROUP / lanes;
        let constants = [("LANES", lanes as u32), ("LINES", lines as u32)];
        let accesses = [Access::Read, Access::Read, Access::Read, Access::Read, Access::Read, Access::Write];
        let source = include_str!("convolution.wgsl");
        let kernel = device.kernel("convolution", source, &constants, &accesses);
        Self {
            kernel,
            inputs: padded(inputs),
            outputs: width,
            taps,
            weights: start,
            lanes,
            tile: lines * THREAD_ROWS,
        }
    }

    /// Values of an output row, with their padding.
    pub(crate) fn width(&self) -> usize {
        self.outputs
    }

    /// Records the convolution over `windows` windows of `window_rows` rows at the rate of the output.
    pub(crate) fn record(
        &self,
        recording: &mut Recording,
        [windows, window_rows]: [usize; 2],
        shape: ConvolutionShape,
        buffers: &ConvolutionBuffers,
    ) {
        let (rate, factor, taken) = match shape.rate {
            Rate::Same => (0, 1, [0; 2]),
            Rate::Nearest(factor) => (1, factor, [0; 2]),
            Rate::Interpolated(factor) => (2, factor, [0; 2]),
            Rate::Taken(factor, taken) => (3, factor, taken),
            Rate::Values => (4, 1, [0; 2]),
        };
        let (before, after) = (side(shape.before), side(shape.after));
        let rows = windows * window_rows;
        let words = [
            rows as u32,
            window_rows as u32,
            self.taps as u32,
            shape.dilation as u32,
            (self.inputs / 4) as u32,
            (self.outputs / 4) as u32,
            (self.weights / 4) as u32,
            rate,
            factor as u32,
            taken[0] as u32,
            taken[1] as u32,
            shape.rate.input_rows(window_rows) as u32,
            before.0,
            shape.input_scale.to_bits(),
            after.0,
            u32::from(buffers.level.is_some()),
            u32::from(buffers.residual.is_some()),
            before.1.max(after.1).to_bits(),
        ];
        // What is not there is not read.
        let weights = buffers.weights;
        let storages = [
            buffers.input,
            buffers.modulation.unwrap_or(weights),
            weights,
            buffers.level.unwrap_or(weights),
            buffers.residual.unwrap_or(weights),
            buffers.output,
        ];
        let groups = rows.div_ceil(self.tile) * (self.outputs / 4 / self.lanes);
        recording.dispatch(&self.kernel, &storages, &words, groups);
    }
}

/// What is done to values that go in or come out, as the kernel counts it, and the slope below zero.
fn side(side: Side) -> (u32, f32) {
    match side {
        Side::Plain => (0, 0.0),
        Side::Rectified(slope) => (1, slope),
        Side::Silu => (2, 0.0),
        Side::Modulated(slope) => (2, slope),
    }
}
