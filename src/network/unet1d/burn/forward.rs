//! The forward pass of UNet1d in burn.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use burn::tensor::activation::{gelu, sigmoid, tanh};
use burn::tensor::{Device, Tensor, TensorData};

use super::affine::Affine;
use super::encoder::BurnEncoder;
use super::layers::{BurnBottleneck, BurnDown, BurnUp, Mapped, padded};
use super::parameters::Parameters;
use super::resnet::BurnPatches;
use crate::network::Weights;
use crate::network::unet1d::config::UNet1dConfig;
use crate::network::unet1d::structure::Structure;

/// What is added to the quantile that channels are divided by.
const LEAST_SCALE: f64 = 1e-7;

/// What a network is told beside the level, for every item of a batch.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// `[batch, features]`
    pub features: Option<Tensor<2>>,
    /// `[batch, channels, values at that depth]`, from the outermost depth in.
    pub channels: Vec<Tensor<3>>,
    /// `[batch, tokens, features]`
    pub tokens: Option<Tensor<3>>,
}

/// A UNet1d network on a device.
#[derive(Debug)]
pub struct UNet1d {
    config: UNet1dConfig,
    /// `[max_length, features]`
    fixed_embedding: Option<Tensor<2>>,
    /// Frequencies of the level's waves, and the map of those.
    time: Option<(Tensor<1>, Affine<2>)>,
    features: Option<Affine<2>>,
    mapping: Option<[Affine<2>; 2]>,
    patch: BurnPatches,
    downs: Vec<BurnDown>,
    bottleneck: BurnBottleneck,
    ups: Vec<BurnUp>,
    unpatch: BurnPatches,
    encoder: Option<BurnEncoder>,
}

impl UNet1dConfig {
    /// Places a network with these (validated) weights on `device`.
    pub fn init(&self, weights: &Weights, device: &Device) -> UNet1d {
        self.assemble(&mut |name| Tensor::from_data(weights.values(name), device))
    }

    /// Builds a network of parameters, asked for by name and given flat, in the order of its table. Of an autoencoder the
    /// bottleneck is left out.
    pub fn assemble(&self, parameter: &mut dyn FnMut(&str) -> Tensor<1>) -> UNet1d {
        let (structure, mut from) = (Structure::of(self), Parameters::new(self, parameter));
        let from = &mut from;
        UNet1d {
            fixed_embedding: self
                .context_embedding_features
                .map(|_| from.tensor("fixed_embedding.embedding.weight")),
            time: self
                .use_context_time
                .then(|| (from.tensor("to_time.0.0.weights"), from.affine("to_time.0.1"))),
            features: self.context_features.map(|_| from.affine("to_features.0")),
            mapping: self
                .mapping_features()
                .map(|_| [0, 2].map(|part| from.affine(&format!("to_mapping.{part}")))),
            patch: BurnPatches::new(&structure.patch, from),
            downs: structure.downs.iter().map(|down| BurnDown::new(down, from)).collect(),
            bottleneck: BurnBottleneck::new(&structure.bottleneck, from),
            ups: structure.ups.iter().map(|up| BurnUp::new(up, from)).collect(),
            unpatch: BurnPatches::new(&structure.unpatch, from),
            encoder: self.autoencoder.as_ref().map(|encoder| BurnEncoder::new(encoder, self, from)),
            config: self.clone(),
        }
    }
}

impl UNet1d {
    /// What the network makes of `x` at `levels`, one for each item of the batch, or one for all.
    ///
    /// # Shapes
    /// - x: `[batch, in_channels, samples]`
    /// - output: `[batch, out_channels, samples]`
    pub fn forward(&self, x: Tensor<3>, levels: &[f32], told: &Told) -> Tensor<3> {
        let [batch, _, samples] = x.dims();
        let mapping = self.mapping(batch, levels, told, &x.device());
        let mapped = Mapped { mapping: mapping.as_ref(), tokens: told.tokens.as_ref() };
        let mut contexts = vec![None; self.downs.len() + 1];
        for (depth, channels) in self.config.context_depths().zip(&told.channels) {
            contexts[depth] = Some(channels);
        }
        let x = match contexts[0] {
            Some(channels) => Tensor::cat(vec![x, padded(channels.clone(), samples)], 1),
            None => x,
        };
        let scale = (self.config.norm_quantile > 0.0).then(|| scales(&x, self.config.norm_quantile.into()));
        let x = match &scale {
            Some(scale) => x / scale.clone(),
            None => x,
        };
        let x = padded(x, samples.next_multiple_of(self.config.total_factor()));
        let x = self.layers(self.patch.join(x, mapped.mapping), &contexts[1..], mapped);
        let mut y = self.unpatch.part(x, mapped.mapping).narrow(2, 0, samples);
        if self.config.use_magnitude_channels {
            let outputs = self.config.outputs();
            y = sigmoid(y.clone().narrow(1, 0, outputs)) * tanh(y.narrow(1, outputs, outputs));
        }
        match scale {
            Some(scale) => y * scale,
            None => y,
        }
    }

    /// All layers, down and up again.
    fn layers(&self, first: Tensor<3>, contexts: &[Option<&Tensor<3>>], told: Mapped) -> Tensor<3> {
        let (mut x, mut levels) = (first.clone(), Vec::new());
        for (down, context) in self.downs.iter().zip(contexts) {
            let outputs = down.run(x, *context, told);
            x = outputs.last().expect("a layer has a block").clone();
            levels.push(outputs);
        }
        let skip_scale = if self.config.use_skip_scale { FRAC_1_SQRT_2 } else { 1.0 };
        let x = self.bottleneck.run(x, told);
        let ups = self.ups.iter().zip(levels.into_iter().rev());
        ups.fold(x, |x, (up, skips)| up.run(x, skips, skip_scale, told)) + first
    }

    /// The vector that every residual block is scaled and shifted by, `[batch, features]`.
    fn mapping(&self, batch: usize, levels: &[f32], told: &Told, device: &Device) -> Option<Tensor<2>> {
        let [first, second] = self.mapping.as_ref()?;
        let time = self.time.as_ref().map(|(frequencies, affine)| {
            let t = Tensor::<2>::from_data(TensorData::new(levels.to_vec(), [levels.len(), 1]), device);
            let phase = t.clone().matmul(frequencies.clone().unsqueeze::<2>()) * TAU;
            let waves = Tensor::cat(vec![t, phase.clone().sin(), phase.cos()], 1);
            let time = gelu(affine.vectors(waves));
            let features = time.dims()[1];
            time.expand([batch, features])
        });
        let features = self.features.as_ref().zip(told.features.clone());
        let features = features.map(|(affine, features)| gelu(affine.vectors(features)));
        let sum = match (time, features) {
            (Some(time), Some(features)) => time + features,
            (time, features) => time.or(features)?,
        };
        Some(gelu(second.vectors(gelu(first.vectors(sum)))))
    }

    /// What an autoencoder's own encoder tells its network of `audio`, `[batch, in_channels, samples]`, whose samples are a multiple
    /// of the total factor; none of another network.
    pub fn encoded(&self, audio: &Tensor<3>) -> Option<Vec<Tensor<3>>> {
        let encoder = self.encoder.as_ref()?;
        Some(encoder.decode(encoder.encode(audio.clone())))
    }

    /// `length` tokens that stand for none, `[batch, length, features]`.
    pub fn no_tokens(&self, batch: usize, length: usize) -> Option<Tensor<3>> {
        let tokens = self.fixed_embedding.clone()?.narrow(0, 0, length);
        let features = tokens.dims()[1];
        Some(tokens.unsqueeze::<3>().expand([batch, length, features]))
    }

    /// The network's configuration.
    pub fn config(&self) -> &UNet1dConfig {
        &self.config
    }
}

/// What channels are divided by: a quantile of their magnitudes, interpolated between two of them. It depends on no parameter, and
/// is on no graph. `[batch, channels, 1]`
fn scales(x: &Tensor<3>, quantile: f64) -> Tensor<3> {
    let sorted = x.clone().inner().abs().sort(2);
    let rank = quantile * (sorted.dims()[2] - 1) as f64;
    let [low, high] = [rank.floor(), rank.ceil()].map(|rank| sorted.clone().narrow(2, rank as usize, 1));
    low.clone() + (high - low) * rank.fract() + LEAST_SCALE
}
