//! The network's weights on a device, and the kernels of a prediction.

use super::ends::Ends;
use crate::Result;
use crate::network::Weights;
use crate::network::bandwave::config::{Along, BandWaveConfig};
use crate::network::gpu::{
    Arena, Convolution, ConvolutionBuffers, ConvolutionShape, Device, Gated, GatedBuffers, GatedLayer,
    GatedShape, Neighbours, Recording, Side, Storage, padded, push_padded,
};

/// A BandWave network on a device.
pub(super) struct Network {
    pub(super) config: BandWaveConfig,
    pub(super) gated: Gated,
    ends: Ends,
    layer_weights: Storage,
    /// What is known of the mels, to channels; and those to what is added in every layer.
    condition: [Convolution; 2],
    condition_weights: Storage,
    /// Where the history of every layer along time begins, and the values of all.
    histories: Vec<Option<usize>>,
    pub(super) history_values: usize,
}

/// What a batch is told: the envelopes of its frames, `[frames, bins]`, and what is added in every layer,
/// `[frames, layers · 2 · padded]`.
pub(super) struct Told {
    pub(super) envelope: Storage,
    pub(super) added: Storage,
}

impl Network {
    /// Places a network with these (validated) weights.
    ///
    /// # Errors
    /// Where its rows are too wide for a GPU.
    pub(super) fn new(device: &Device, config: &BandWaveConfig, weights: &Weights) -> Result<Self> {
        let (channels, layers) = (config.channels, config.layers);
        let places = Some(config.tokens());
        let halves = weights.are_halves();
        let shape = GatedShape { channels, bands: 0, normalized: true, places, skips: false, halves };
        let gated = Gated::new(device, shape, layers)?;
        let mut packed = Vec::new();
        (0..layers).for_each(|index| pack_layer(&gated, channels, weights, index, &mut packed));
        let (condition, condition_weights) = conditions(device, config, weights);
        let mut history_values = 0;
        let histories = (0..layers).map(|index| match config.layer(index) {
            (Along::Bands, _) => None,
            (Along::Time, dilation) => {
                let start = history_values;
                history_values += 2 * dilation * config.tokens() * padded(channels);
                Some(start)
            }
        });
        Ok(Self {
            histories: histories.collect(),
            history_values,
            ends: Ends::new(device, config, weights),
            layer_weights: gated.place(device, &packed),
            condition,
            condition_weights: device.storage_of(&condition_weights),
            gated,
            config: config.clone(),
        })
    }

    /// Records what `frames` frames are told, whose `envelopes` and `rows` of conditions are those of
    /// [`crate::network::bandwave::conditioning::Conditioning`].
    pub(super) fn told(
        &self,
        recording: &mut Recording,
        device: &Device,
        frames: usize,
        envelopes: &[f32],
        rows: &[f32],
    ) -> Told {
        let values = self.config.condition_values();
        let mut padded_rows = Vec::with_capacity(frames * padded(values));
        push_padded(&mut padded_rows, rows, values);
        let mut input = device.storage_of(&padded_rows);
        for (convolution, after) in self.condition.iter().zip([Side::Silu, Side::Plain]) {
            let output = device.storage(frames * convolution.width());
            let buffers = ConvolutionBuffers {
                input: &input,
                modulation: None,
                weights: &self.condition_weights,
                level: None,
                residual: None,
                output: &output,
            };
            let shape = ConvolutionShape { after, ..ConvolutionShape::default() };
            convolution.record(recording, [1, frames], shape, &buffers);
            input = output;
        }
        Told { envelope: device.storage_of(envelopes), added: input }
    }

    /// Records a prediction from `x`, `[windows, frames, 2 · bins]`, whose histories, where there are any, go along.
    /// `[windows, frames, 2 · bins]`
    pub(super) fn record(
        &self,
        recording: &mut Recording,
        arena: &mut Arena,
        [windows, frames]: [usize; 2],
        [x, levels]: [&Storage; 2],
        told: &Told,
        histories: Option<[&Storage; 2]>,
    ) -> Storage {
        let (tokens, layers) = (self.config.tokens(), self.config.layers);
        let rows = windows * frames * tokens;
        let [first, second] = [(); 2].map(|()| arena.take(recording.device(), rows * self.gated.width()));
        let scales = arena.take(recording.device(), 2 * rows);
        self.ends.encode(recording, windows * frames, [x, &told.envelope], [&first, &scales]);
        let (mut input, mut output) = (&first, &second);
        for index in 0..layers {
            let (along, dilation) = self.config.layer(index);
            let [stride, length] = if along == Along::Time { [tokens, frames] } else { [1, tokens] };
            let start = histories.and(self.histories[index]);
            let neighbours = Neighbours {
                stride,
                length,
                dilation,
                causal: along == Along::Time,
                history: start.map(|start| [start, self.history_values]),
            };
            let buffers = GatedBuffers {
                input,
                output,
                weights: &self.layer_weights,
                levels,
                condition: &told.added,
                histories: histories.filter(|_| along == Along::Time),
                sums: &scales,
            };
            self.gated.record(recording, index, [windows, frames * tokens], neighbours, 1.0, &buffers);
            std::mem::swap(&mut input, &mut output);
        }
        let predicted = arena.take(recording.device(), windows * frames * self.config.frame_values());
        self.ends.decode(recording, windows * frames, [input, &scales], layers % 2 * rows, &predicted);
        predicted
    }
}

/// Appends the weights of layer `index`.
fn pack_layer(gated: &Gated, channels: usize, weights: &Weights, index: usize, packed: &mut Vec<f32>) {
    let values = |part: &str| weights.values(&format!("layers.{index}.{part}"));
    let (taps, outputs) = (values("taps.weight"), values("out.weight"));
    gated.pack(
        &GatedLayer {
            taps: &|output, input, tap| taps[(output * 3 + tap) * channels + input],
            condition: &|_, _| 0.0,
            outputs: &|output, input| outputs[output * channels + input],
            biases: values("out.bias"),
            places: values("place"),
        },
        packed,
    );
}

/// The maps of what is known of the mels: to channels, and those to all layers at once, gates and filters side by side.
fn conditions(device: &Device, config: &BandWaveConfig, weights: &Weights) -> ([Convolution; 2], Vec<f32>) {
    let (c, width, inputs) = (config.channels, padded(config.channels), config.condition_values());
    let mut packed = Vec::new();
    let [weight, bias] = ["weight", "bias"].map(|part| weights.values(&format!("condition.{part}")));
    let value = |output: usize, input: usize, _: usize| weight[output * inputs + input];
    let first = Convolution::new(device, [inputs, c, 1], 1, &value, bias, &mut packed);
    let layers: Vec<&[f32]> =
        (0..config.layers).map(|index| weights.values(&format!("layers.{index}.condition.weight"))).collect();
    let value = |output: usize, input: usize, _: usize| {
        let (layer, place) = (output / (2 * width), output % (2 * width));
        let (channel, part) = (place / 2, place % 2);
        if channel < c { layers[layer][(part * c + channel) * c + input] } else { 0.0 }
    };
    let outputs = config.layers * 2 * width;
    let second = Convolution::new(device, [c, outputs, 1], 1, &value, &vec![0.0; outputs], &mut packed);
    ([first, second], packed)
}
