//! The network's weights on a device, and the kernels of a prediction.

use std::sync::Arc;

use super::conditioner::Conditioner;
use crate::Result;
use crate::network::Weights;
use crate::network::diffwave::config::DiffWaveConfig;
use crate::network::gpu::{
    Access, Arena, Convolution, ConvolutionBuffers, ConvolutionShape, Device, Gated, GatedBuffers, GatedLayer,
    GatedShape, Kernel, Neighbours, Recording, Side, Storage, padded, push_padded,
};

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
            halves: weights.are_halves(),
        };
        let gated = Gated::new(device, shape, config.layers)?;
        let mut layers = Vec::new();
        (0..config.layers).for_each(|index| pack_layer(&gated, config, weights, index, &mut layers));
        let layer_weights = gated.place(device, &layers);
        let mut skip_weights = Vec::new();
        let [weight, bias] = ["weight", "bias"].map(|part| weights.values(&format!("skip_projection.{part}")));
        let value = |output: usize, input: usize, _: usize| weight[output * c + input];
        let skip = Convolution::new(device, [c, c, 1], 1, &value, bias, &mut skip_weights);
        let mut output_weights = Vec::new();
        let [weight, bias] =
            ["weight", "bias"].map(|part| weights.values(&format!("output_projection.{part}")));
        for (row, bias) in weight.chunks_exact(c).zip(bias) {
            push_padded(&mut output_weights, row, c);
            output_weights.extend([*bias, 0.0, 0.0, 0.0]);
        }
        let mut input_weights = Vec::new();
        for part in ["weight", "bias"] {
            push_padded(&mut input_weights, weights.values(&format!("input_projection.{part}")), c);
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
            layer_weights,
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

    /// Records a prediction from `x`, `[windows, samples]`, whose histories, where there are any, go along.
    /// `[outputs, windows, samples]`
    pub(super) fn record(
        &self,
        recording: &mut Recording,
        arena: &mut Arena,
        [windows, samples]: [usize; 2],
        [x, levels]: [&Storage; 2],
        conditioner: Option<&Storage>,
        histories: Option<[&Storage; 2]>,
    ) -> Storage {
        let (rows, vectors) = (windows * samples, self.width() / 4);
        let [first, second, skips] = [(); 3].map(|()| arena.take(recording.device(), rows * self.width()));
        let words = [rows as u32, vectors as u32];
        recording.dispatch_items(&self.input, &[x, &self.input_weights, &first], &words, rows * vectors);
        let (mut input, mut output) = (&first, &second);
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
                sums: &skips,
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
            input: &skips,
            modulation: None,
            weights: &self.skip_weights,
            level: None,
            residual: None,
            output,
        };
        self.skip.record(recording, [windows, samples], shape, &buffers);
        let words = [rows as u32, vectors as u32, self.outputs() as u32];
        let predicted = arena.take(recording.device(), self.outputs() * rows);
        let storages = [output, &self.output_weights, &predicted];
        recording.dispatch_items(&self.output, &storages, &words, self.outputs() * rows);
        predicted
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
