//! The forward pass of BandWave in burn.

use std::collections::BTreeMap;

use burn::tensor::activation::silu;
use burn::tensor::{Device, Tensor, TensorData};

use super::layer::{Layer, Linear, normalized};
use crate::network::Weights;
use crate::network::bandwave::config::{Along, BandWaveConfig, LEVEL_TURNS};
use crate::network::bandwave::level::level_row;

/// A BandWave network on a device.
#[derive(Debug)]
pub struct BandWave {
    level: [Linear; 2],
    condition: Linear,
    encode: Vec<Linear>,
    /// `[tokens, channels]`
    place: Tensor<2>,
    layers: Vec<Layer>,
    decode: Vec<Linear>,
    config: BandWaveConfig,
}

/// What a network is told beside the noised spectra, all near unit variance.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// ln of the deviations, `[batch, frames, bins]`.
    pub log_envelope: Tensor<3>,
    /// What is known of the mels around each frame, `[batch, frames, condition_values]`.
    pub condition: Tensor<3>,
}

impl Inputs {
    /// What is told of `batch` windows of `frames` frames, as [`BandWaveConfig`] orders it, on `device`.
    pub fn new(
        config: &BandWaveConfig,
        [batch, frames]: [usize; 2],
        log_envelopes: &[f32],
        rows: &[f32],
        device: &Device,
    ) -> Self {
        let placed = |values: &[f32], width: usize| {
            Tensor::from_data(TensorData::new(values.to_vec(), [batch, frames, width]), device)
        };
        Self {
            log_envelope: placed(log_envelopes, config.bins),
            condition: placed(rows, config.condition_values()),
        }
    }
}

/// Parameters by name.
struct Parameters(BTreeMap<String, (Vec<usize>, Tensor<1>)>);

impl Parameters {
    fn tensor<const D: usize>(&mut self, name: &str) -> Tensor<D> {
        let (shape, values) = self.0.remove(name).expect("the table holds every weight");
        let shape: [usize; D] = shape.try_into().expect("the table has the weight's shape");
        values.reshape(shape)
    }

    fn linear(&mut self, name: &str) -> Linear {
        let [weight, bias] = ["weight", "bias"].map(|part| format!("{name}.{part}"));
        Linear { weight: self.tensor(&weight), bias: self.tensor(&bias) }
    }
}

impl BandWaveConfig {
    /// Places a network with these (validated) weights on `device`.
    pub fn init(&self, weights: &Weights, device: &Device) -> BandWave {
        self.assemble(&mut |name| Tensor::from_data(weights.values(name), device))
    }

    /// Builds a network of parameters, asked for by name in the order of [`BandWaveConfig::tensors`] and given flat.
    pub fn assemble(&self, parameter: &mut dyn FnMut(&str) -> Tensor<1>) -> BandWave {
        let held = self.tensors().into_iter().map(|(name, shape)| {
            let values = parameter(&name);
            (name, (shape, values))
        });
        let mut from = Parameters(held.collect());
        let layers = (0..self.layers).map(|index| {
            let (along, dilation) = self.layer(index);
            let name = |part: &str| format!("layers.{index}.{part}");
            Layer {
                along,
                dilation,
                taps: from.linear(&name("taps")),
                level: from.linear(&name("level")),
                out: from.linear(&name("out")),
                condition: from.tensor(&name("condition.weight")),
                place: from.tensor(&name("place")),
            }
        });
        let layers = layers.collect();
        let ends = |from: &mut Parameters, end: &str| {
            (0..self.bands.len()).map(|index| from.linear(&format!("{end}.{index}"))).collect()
        };
        BandWave {
            level: ["level.0", "level.2"].map(|name| from.linear(name)),
            condition: from.linear("condition"),
            encode: ends(&mut from, "encode"),
            place: from.tensor("place"),
            layers,
            decode: ends(&mut from, "decode"),
            config: self.clone(),
        }
    }
}

impl BandWave {
    /// The network's configuration.
    pub fn config(&self) -> &BandWaveConfig {
        &self.config
    }

    /// Predicts the clean spectra in `x`, noised to `angles`.
    ///
    /// # Shapes
    /// - x, and the output: `[batch, frames, 2 · bins]`
    /// - angles: `[batch]`, or `[1]` for all
    /// - histories: per layer along time what it has read before x, [`BandWave::history_shapes`]; they go along to the end of
    ///   x. Without them nothing was there.
    pub fn forward(
        &self,
        x: Tensor<3>,
        inputs: &Inputs,
        angles: &[f32],
        histories: Option<&mut [Tensor<4>]>,
    ) -> Tensor<3> {
        let [batch, frames, _] = x.dims();
        let level = self.embedded(angles, &x.device());
        let condition = inputs.condition.clone().reshape([batch * frames, self.config.condition_values()]);
        let condition = silu(self.condition.of(condition));
        let mut tokens = self.encoded(x, &inputs.log_envelope);
        let mut histories = histories.map(|histories| histories.iter_mut());
        for layer in &self.layers {
            let history = match layer.along {
                Along::Time => histories.as_mut().and_then(Iterator::next),
                Along::Bands => None,
            };
            tokens = layer.forward(tokens, &level, &condition, history);
        }
        self.decoded(normalized(tokens))
    }

    /// Shapes of the histories of `batch` windows: per layer along time `[batch, 2 · dilation, tokens, channels]`.
    pub fn history_shapes(&self, batch: usize) -> Vec<[usize; 4]> {
        let of_time = self.layers.iter().filter(|layer| layer.along == Along::Time);
        let [tokens, channels] = [self.config.tokens(), self.config.channels];
        of_time.map(|layer| [batch, 2 * layer.dilation, tokens, channels]).collect()
    }

    /// The angles' embeddings, `[angles.len(), level]`.
    fn embedded(&self, angles: &[f32], device: &Device) -> Tensor<2> {
        let rows: Vec<f32> = angles.iter().flat_map(|angle| level_row(*angle)).collect();
        let mut hidden = Tensor::from_data(TensorData::new(rows, [angles.len(), 2 * LEVEL_TURNS]), device);
        for linear in &self.level {
            hidden = silu(linear.of(hidden));
        }
        hidden
    }

    /// Spectra as tokens, `[batch, frames, tokens, channels]`.
    fn encoded(&self, x: Tensor<3>, log_envelope: &Tensor<3>) -> Tensor<4> {
        let ([batch, frames, _], bins) = (x.dims(), self.config.bins);
        let (mut tokens, mut at) = (Vec::new(), 0);
        for (linear, group) in self.encode.iter().zip(&self.config.bands) {
            let (width, bands) = (group.width, group.bands);
            let part = |values: &Tensor<3>, start: usize| {
                let own = values.clone().narrow(2, start, bands * width);
                own.reshape([batch * frames * bands, width])
            };
            let parts = vec![part(&x, at), part(&x, bins + at), part(log_envelope, at)];
            let encoded = linear.of(Tensor::cat(parts, 1));
            tokens.push(encoded.reshape([batch, frames, bands, self.config.channels]));
            at += bands * width;
        }
        Tensor::cat(tokens, 2) + self.place.clone().unsqueeze()
    }

    /// Normalized tokens as spectra; the last bin, which belongs to no band, is 0.
    fn decoded(&self, tokens: Tensor<4>) -> Tensor<3> {
        let ([batch, frames, _, channels], mut at) = (tokens.dims(), 0);
        let (mut reals, mut imaginaries) = (Vec::new(), Vec::new());
        for (linear, group) in self.decode.iter().zip(&self.config.bands) {
            let (width, bands) = (group.width, group.bands);
            let own = tokens.clone().narrow(2, at, bands).reshape([batch * frames * bands, channels]);
            let decoded = linear.of(own);
            let half =
                |start: usize| decoded.clone().narrow(1, start, width).reshape([batch, frames, bands * width]);
            reals.push(half(0));
            imaginaries.push(half(width));
            at += bands;
        }
        let last = Tensor::zeros([batch, frames, 1], &tokens.device());
        let parts = reals.into_iter().chain([last.clone()]).chain(imaginaries).chain([last]);
        Tensor::cat(parts.collect(), 2)
    }
}
