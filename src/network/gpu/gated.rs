//! The gated residual layer of DiffWave and BandWave: one kernel, which reads three rows and writes one.

use std::sync::Arc;

use super::device::Device;
use super::kernel::{Access, Kernel};
use super::packing::{HALVES, SINGLES, WORKGROUP, halves, padded, pairs};
use super::recording::Recording;
use super::storage::Storage;
use crate::{Error, Result};

/// Most channels of a row: those of a workgroup.
const MOST_CHANNELS: usize = 512;
/// Rows that a thread computes.
const THREAD_ROWS: usize = 4;

/// What layers of a network have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GatedShape {
    /// Channels of a row.
    pub channels: usize,
    /// Values of a row's condition, with their padding; 0 where a row has none of its own.
    pub bands: usize,
    /// Whether rows are normalized before they are read.
    pub normalized: bool,
    /// Rows of a frame, where what is added has a part per frame and one per place in it.
    pub places: Option<usize>,
    /// Whether there are skips.
    pub skips: bool,
    /// Whether all weights are numbers of half precision, which then lie so: half as much to read, and no bit is lost.
    pub halves: bool,
}

/// The weights of a layer as PyTorch lays them out, outputs first.
pub(crate) struct GatedLayer<'a> {
    /// Of an output, an input and a tap: `[2 · channels, channels, 3]`.
    pub taps: &'a dyn Fn(usize, usize, usize) -> f32,
    /// `[2 · channels, bands]`
    pub condition: &'a dyn Fn(usize, usize) -> f32,
    /// `[channels or 2 · channels, channels]`: residuals first, then skips.
    pub outputs: &'a dyn Fn(usize, usize) -> f32,
    /// As many.
    pub biases: &'a [f32],
    /// `[places, 2 · channels]`
    pub places: &'a [f32],
}

/// Which rows a row's taps read, and what lies between windows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neighbours {
    /// Rows from a position to the next.
    pub stride: usize,
    /// Positions of a window.
    pub length: usize,
    /// Positions between two taps.
    pub dilation: usize,
    /// Whether the last tap is the row itself, and not the one in the middle.
    pub causal: bool,
    /// Where the layer's history begins, and values of all layers; none without histories.
    pub history: Option<[usize; 2]>,
}

/// What a layer reads and writes.
pub(crate) struct GatedBuffers<'a> {
    /// `[rows, padded]`
    pub input: &'a Storage,
    pub output: &'a Storage,
    /// Of all layers, [`Gated::place`]d.
    pub weights: &'a Storage,
    /// `[windows, layers, 3 · padded]`
    pub levels: &'a Storage,
    /// `[rows, bands]`, or `[frames, layers · 2 · padded]`.
    pub condition: &'a Storage,
    /// `[windows, values]`: those that are read, and those that are written.
    pub histories: Option<[&'a Storage; 2]>,
    /// Skips, or scales of rows in two halves.
    pub sums: &'a Storage,
}

/// Layers of one shape on a device.
pub(crate) struct Gated {
    kernel: Arc<Kernel>,
    shape: GatedShape,
    layers: usize,
    /// Rows of a workgroup.
    tile: usize,
    /// What stands for histories that are not there.
    no_histories: [Storage; 2],
}

impl Gated {
    /// The kernel for `layers` layers of `shape`.
    ///
    /// # Errors
    /// Where rows are too wide.
    pub(crate) fn new(device: &Device, shape: GatedShape, layers: usize) -> Result<Self> {
        let GatedShape { channels, bands, normalized, places, skips, halves } = shape;
        if channels > MOST_CHANNELS {
            let expected = format!("at most {MOST_CHANNELS} on a GPU");
            return Err(Error::invalid("network", "channels", channels, expected));
        }
        let lanes = padded(channels) / 2;
        let lines = WORKGROUP / lanes;
        let constants = [
            ("CHANNELS", channels as u32),
            ("PADDED", padded(channels) as u32),
            ("BANDS", bands as u32),
            ("NORMALIZED", u32::from(normalized)),
            ("FRAMED", u32::from(places.is_some())),
            ("SKIPS", u32::from(skips)),
            ("LANES", lanes as u32),
            ("LINES", lines as u32),
        ];
        let accesses = [
            Access::Read,
            Access::Write,
            Access::Read,
            Access::Read,
            Access::Read,
            Access::Read,
            Access::Write,
            Access::Write,
        ];
        let source = [if halves { HALVES } else { SINGLES }, include_str!("gated.wgsl")].concat();
        let kernel = device.kernel("gated layer", &source, &constants, &accesses);
        let no_histories = [device.storage(0), device.storage(0)];
        Ok(Self { kernel, shape, layers, tile: lines * THREAD_ROWS, no_histories })
    }

    /// Values of a row, with their padding.
    pub(crate) fn width(&self) -> usize {
        padded(self.shape.channels)
    }

    /// Values of the levels of all layers.
    pub(crate) fn level_values(&self) -> usize {
        self.layers * 3 * self.width()
    }

    /// Values of a layer's weights.
    fn weight_values(&self) -> usize {
        let (width, GatedShape { bands, places, skips, .. }) = (self.width(), self.shape);
        let outputs = if skips { 2 * width } else { width };
        2 * width * (3 * width + bands) + width * outputs + 2 * width + 2 * width * places.unwrap_or(0)
    }

    /// Appends the weights of a layer as the kernel wants them: what a thread reads together lies together.
    pub(crate) fn pack(&self, layer: &GatedLayer, packed: &mut Vec<f32>) {
        let (width, channels, start) = (self.width(), self.shape.channels, packed.len());
        let gates = |packed: &mut Vec<f32>, weight: &dyn Fn(usize) -> f32| {
            for channel in 0..width {
                let part = |output: usize| if channel < channels { weight(output + channel) } else { 0.0 };
                packed.extend([part(0), part(channels)]);
            }
        };
        for (tap, input) in (0..3).flat_map(|tap| (0..width).map(move |input| (tap, input))) {
            gates(packed, &|output| if input < channels { (layer.taps)(output, input, tap) } else { 0.0 });
        }
        (0..self.shape.bands).for_each(|band| gates(packed, &|output| (layer.condition)(output, band)));
        let output = |output: usize, input: usize| match output < channels && input < channels {
            true => (layer.outputs)(output, input),
            false => 0.0,
        };
        let skip = |of: usize, input: usize| match of < channels && input < channels {
            true => (layer.outputs)(channels + of, input),
            false => 0.0,
        };
        let bias = |index: usize, of: usize| if of < channels { layer.biases[index + of] } else { 0.0 };
        if self.shape.skips {
            for (input, of) in (0..width).flat_map(|input| (0..width).map(move |of| (input, of))) {
                packed.extend([output(of, input), skip(of, input)]);
            }
            (0..width).for_each(|of| packed.extend([bias(0, of), bias(channels, of)]));
        } else {
            for (input, of) in pairs(width) {
                packed.extend([output(of, input), output(of + 1, input)]);
                packed.extend([output(of, input + 1), output(of + 1, input + 1)]);
            }
            (0..width).step_by(2).for_each(|of| packed.extend([bias(0, of), bias(0, of + 1), 0.0, 0.0]));
        }
        for place in layer.places.chunks_exact(2 * channels) {
            gates(packed, &|output| place[output]);
        }
        debug_assert_eq!(packed.len() - start, self.weight_values());
    }

    /// Places the `packed` weights of all layers.
    pub(crate) fn place(&self, device: &Device, packed: &[f32]) -> Storage {
        if self.shape.halves { device.storage_of_words(&halves(packed)) } else { device.storage_of(packed) }
    }

    /// Puts what is added to a layer's inputs, `step`, and to its gated sums, `sums`, `[2 · channels]`, at the end of `levels`.
    pub(crate) fn push_levels(&self, levels: &mut Vec<f32>, step: &[f32], sums: &[f32]) {
        let (width, channels) = (self.width(), self.shape.channels);
        levels.extend((0..width).map(|channel| step.get(channel).copied().unwrap_or(0.0)));
        for channel in 0..width {
            let part = |output: usize| if channel < channels { sums[output + channel] } else { 0.0 };
            levels.extend([part(0), part(channels)]);
        }
    }

    /// Records layer `index` over `windows` windows of `window_rows` rows, whose sum with its residual it multiplies by `scale`.
    pub(crate) fn record(
        &self,
        recording: &mut Recording,
        index: usize,
        [windows, window_rows]: [usize; 2],
        neighbours: Neighbours,
        scale: f32,
        buffers: &GatedBuffers,
    ) {
        let (rows, width) = (windows * window_rows, self.width());
        let [none, new] = &self.no_histories;
        let histories = buffers.histories.unwrap_or([none, new]);
        let [history, window_history] = neighbours.history.unwrap_or_default();
        // Scales lie in two halves: those of the rows that are read, and of those that are written.
        let halves = [index % 2 * rows, (index + 1) % 2 * rows];
        let words = [
            rows,
            window_rows,
            neighbours.stride,
            neighbours.length,
            neighbours.dilation,
            if neighbours.causal { 2 } else { 1 },
            scale.to_bits() as usize,
            usize::from(index == 0),
            index * self.weight_values() / 4,
            index * 3 * width,
            self.level_values(),
            index * 2 * width,
            self.layers * 2 * width,
            self.shape.places.unwrap_or(1),
            history,
            window_history,
            halves[0],
            halves[1],
        ];
        let storages = [
            buffers.input,
            buffers.output,
            buffers.weights,
            buffers.levels,
            buffers.condition,
            histories[0],
            histories[1],
            buffers.sums,
        ];
        let words = words.map(|word| word as u32);
        recording.dispatch(&self.kernel, &storages, &words, rows.div_ceil(self.tile));
    }
}
