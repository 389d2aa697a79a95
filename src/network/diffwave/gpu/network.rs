//! The network's weights on a device, and the kernels of a prediction.

use std::sync::Arc;

use super::conditioner::Conditioner;
use crate::Result;
use crate::network::Weights;
use crate::network::diffwave::config::DiffWaveConfig;
use crate::network::gpu::{
    Access, Convolution, ConvolutionBuffers, ConvolutionShape, Device, Gated, GatedBuffers, GatedLayer,
    GatedShape, Kernel, Neighbours, Recording, Side, Storage, padded,
};

/// Threads of a workgroup of either projection.
const THREADS: usize = 256;

/// A DiffWave network on a device.
pub(super) struct Network {
    pub(super) config: DiffWaveConfig,
    pub(super) conditioner: Option<Conditioner>,
    pub(super) gated: Gated,
    input: Arc<Kernel>,
    input_weights: Storage,
    layer_weights: Storage,
    skip: Convolution,
    skip_weights: Storage,
    output: Arc<Kernel>,
    output_weights: Storage,
    /// Where every layer's history begins, and the values of all.
    histories: Vec<usize>,
    pub(super) history_values: usize,
}

/// What a prediction works in, for a number of rows.
pub(super) struct Scratch {
    rows: [Storage; 2],
    skips: Storage,
    /// `[outputs, rows]`
    pub(super) predicted: Storage,
}

impl Network {
    /// Places a network with these (validated) weights.
    ///
    /// # Errors
    /// Where its rows are too wide for a GPU.
    pub(super) fn new(device: &Device, config: &DiffWaveConfig, weights: &Weights) -> Result<Self> {
        let c = config.channels;
        let shape = GatedShape {
            channels: c,
            bands: config.n_mels.map_or(0, padded),
            normalized: false,
            places: None,
            skips: true,
        };
        let gated = Gated::new(device, shape, config.layers)?;
        let mut layers = Vec::new();
        (0..config.layers).for_each(|index| pack_layer(&gated, config, weights, index, &mut layers));
        let mut skip_weights = Vec::new();
        let [weight, bias] = ["weight", "bias"].map(|part| weights.values(&format!("skip_projection.{part}")));
        let value = |output: usize, input: usize, _: usize| weight[output * c + input];
        let skip = Convolution::new(device, [c, c, 1], 1, &value, bias, &mut skip_weights);
        let mut output_weights = Vec::new();
        let [weight, bias] =
            ["weight", "bias"].map(|part| weights.values(&format!("output_projection.{part}")));
        for (row, bias) in weight.chunks_exact(c).zip(bias) {
            output_weights.extend_from_slice(row);
            output_weights.resize(output_weights.len().next_multiple_of(padded(c)), 0.0);
            output_weights.extend([*bias, 0.0, 0.0, 0.0]);
        }
        let mut input_weights = Vec::new();
        for part in ["weight", "bias"] {
            input_weights.extend_from_slice(weights.values(&format!("input_projection.{part}")));
            input_weights.resize(input_weights.len().next_multiple_of(padded(c)), 0.0);
        }
        let mut history_values = 0;
        let histories = (0..config.layers).map(|index| {
            let start = history_values;
            history_values += 2 * config.dilation(index) * padded(c);
            start
        });
        let accesses = [Access::Read, Access::Read, Access::Write];
        Ok(Self {
            conditioner: config.n_mels.map(|bands| Conditioner::new(device, config, weights, bands)),
            gated,
            input: device.kernel("input projection", include_str!("input.wgsl"), &[], &accesses),
            input_weights: device.storage_of(&input_weights),
            layer_weights: device.storage_of(&layers),
            skip,
            output: device.kernel("output projection", include_str!("output.wgsl"), &[], &accesses),
            output_weights: device.storage_of(&output_weights),
            skip_weights: device.storage_of(&skip_weights),
            histories: histories.collect(),
            history_values,
            config: config.clone(),
        })
    }

    /// Values of a row, with their padding.
    pub(super) fn width(&self) -> usize {
        padded(self.config.channels)
    }

    /// What a prediction of `rows` rows works in.
    pub(super) fn scratch(&self, device: &Device, rows: usize) -> Scratch {
        let of_rows = || device.storage(rows * self.width());
        Scratch {
            rows: [of_rows(), of_rows()],
            skips: of_rows(),
            predicted: device.storage(rows * self.outputs()),
        }
    }

    /// Records a prediction from `x`, `[windows, samples]`, whose histories, where there are any, go along.
    pub(super) fn record(
        &self,
        recording: &mut Recording,
        [windows, samples]: [usize; 2],
        [x, levels]: [&Storage; 2],
        conditioner: Option<&Storage>,
        histories: Option<[&Storage; 2]>,
        scratch: &Scratch,
    ) {
        let (rows, vectors) = (windows * samples, self.width() / 4);
        let Scratch { rows: [first, second], skips, predicted } = scratch;
        let words = [rows as u32, vectors as u32];
        let groups = (rows * vectors).div_ceil(THREADS);
        recording.dispatch(&self.input, &[x, &self.input_weights, first], &words, groups);
        let (mut input, mut output) = (first, second);
        for index in 0..self.config.layers {
            let neighbours = Neighbours {
                stride: 1,
                length: samples,
                dilation: self.config.dilation(index),
                causal: self.config.causal,
                history: histories.map(|_| [self.histories[index], self.history_values]),
            };
            let buffers = GatedBuffers {
                input,
                output,
                weights: &self.layer_weights,
                levels,
                condition: conditioner.unwrap_or(&self.layer_weights),
                histories,
                sums: skips,
            };
            let scale = self.config.residual_scale();
            self.gated.record(recording, index, [windows, samples], neighbours, scale, &buffers);
            std::mem::swap(&mut input, &mut output);
        }
        let shape = ConvolutionShape {
            input_scale: self.config.skip_scale(),
            after: Side::Rectified(0.0),
            ..ConvolutionShape::default()
        };
        let buffers = ConvolutionBuffers {
            input: skips,
            modulation: None,
            weights: &self.skip_weights,
            level: None,
            residual: None,
            output,
        };
        self.skip.record(recording, [windows, samples], shape, &buffers);
        let words = [rows as u32, vectors as u32, self.outputs() as u32];
        let groups = (rows * self.outputs()).div_ceil(THREADS);
        recording.dispatch(&self.output, &[output, &self.output_weights, predicted], &words, groups);
    }

    /// What is predicted of a sample: its noise, and where its variance lies if the network learns that.
    pub(super) fn outputs(&self) -> usize {
        if self.config.learned_variance { 2 } else { 1 }
    }
}

/// Appends the weights of layer `index`.
fn pack_layer(gated: &Gated, config: &DiffWaveConfig, weights: &Weights, index: usize, packed: &mut Vec<f32>) {
    let (c, bands) = (config.channels, config.n_mels.unwrap_or(0));
    let values = |part: &str| weights.values(&format!("residual_layers.{index}.{part}"));
    let (taps, outputs) = (values("dilated_conv.weight"), values("output_projection.weight"));
    let condition = if bands > 0 { values("conditioner_projection.weight") } else { &[] };
    gated.pack(
        &GatedLayer {
            taps: &|output, input, tap| taps[(output * c + input) * 3 + tap],
            condition: &|output, band| if band < bands { condition[output * bands + band] } else { 0.0 },
            outputs: &|output, input| outputs[output * c + input],
            biases: values("output_projection.bias"),
            places: &[],
        },
        packed,
    );
}
