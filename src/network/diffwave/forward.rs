//! The forward pass of DiffWave in burn, block by block as in the paper's figure 2.

use burn::module::{Module, Param};
use burn::tensor::activation::{leaky_relu, relu, sigmoid, silu, tanh};
use burn::tensor::module::{conv_transpose2d, conv1d, linear};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use burn::tensor::{Device, Tensor, TensorData};

use super::config::{DiffWaveConfig, UPSAMPLER_STRIDE};
use super::embedding_row;
use crate::network::Weights;

const UPSAMPLER_SLOPE: f64 = 0.4;

/// A weight and its bias.
#[derive(Module, Debug)]
struct Affine<const D: usize> {
    weight: Param<Tensor<D>>,
    bias: Param<Tensor<1>>,
}

impl<const D: usize> Affine<D> {
    fn load(weights: &Weights, name: &str, device: &Device) -> Self {
        let data = |name: &str| {
            let tensor = weights.get(name).unwrap_or_else(|| panic!("validated weights hold {name}"));
            TensorData::new(tensor.data.clone(), tensor.shape.clone())
        };
        Self {
            weight: Param::from_data(data(&format!("{name}.weight")), device),
            bias: Param::from_data(data(&format!("{name}.bias")), device),
        }
    }
}

impl Affine<3> {
    /// A convolution over time. `[batch, in, samples] → [batch, out, samples]`
    fn conv(&self, x: Tensor<3>, padding: (usize, usize), dilation: usize) -> Tensor<3> {
        let options = ConvOptions::new_with_padding([1], [padding], [dilation], 1);
        conv1d(x, self.weight.val(), Some(self.bias.val()), options)
    }

    /// A map of every sample by itself.
    fn pointwise(&self, x: Tensor<3>) -> Tensor<3> {
        self.conv(x, (0, 0), 1)
    }
}

impl Affine<2> {
    /// A linear map. `[1, in] → [1, out]`; PyTorch keeps its weight as `[out, in]`.
    fn linear(&self, x: Tensor<2>) -> Tensor<2> {
        linear(x, self.weight.val().transpose(), Some(self.bias.val()))
    }
}

#[derive(Module, Debug)]
struct ResidualLayer {
    dilated_conv: Affine<3>,
    diffusion_projection: Affine<2>,
    conditioner_projection: Option<Affine<3>>,
    output_projection: Affine<3>,
}

/// A DiffWave network on a device.
#[derive(Module, Debug)]
pub struct DiffWave {
    input_projection: Affine<3>,
    projection1: Affine<2>,
    projection2: Affine<2>,
    upsampler: Vec<Affine<4>>,
    layers: Vec<ResidualLayer>,
    skip_projection: Affine<3>,
    output_projection: Affine<3>,
    #[module(skip)]
    config: DiffWaveConfig,
}

impl DiffWaveConfig {
    /// Places a network with these (validated) weights on `device`.
    pub fn init(&self, weights: &Weights, device: &Device) -> DiffWave {
        let upsampler: &[&str] = match self.n_mels {
            Some(_) => &["spectrogram_upsampler.conv1", "spectrogram_upsampler.conv2"],
            None => &[],
        };
        let layer = |index: usize| {
            let name = |part: &str| format!("residual_layers.{index}.{part}");
            ResidualLayer {
                dilated_conv: Affine::load(weights, &name("dilated_conv"), device),
                diffusion_projection: Affine::load(weights, &name("diffusion_projection"), device),
                conditioner_projection: self
                    .n_mels
                    .map(|_| Affine::load(weights, &name("conditioner_projection"), device)),
                output_projection: Affine::load(weights, &name("output_projection"), device),
            }
        };
        DiffWave {
            input_projection: Affine::load(weights, "input_projection", device),
            projection1: Affine::load(weights, "diffusion_embedding.projection1", device),
            projection2: Affine::load(weights, "diffusion_embedding.projection2", device),
            upsampler: upsampler.iter().map(|name| Affine::load(weights, name, device)).collect(),
            layers: (0..self.layers).map(layer).collect(),
            skip_projection: Affine::load(weights, "skip_projection", device),
            output_projection: Affine::load(weights, "output_projection", device),
            config: self.clone(),
        }
    }
}

impl DiffWave {
    /// Brings mel frames to one column per sample.
    ///
    /// # Shapes
    /// `[batch, n_mels, frames] → [batch, n_mels, config.samples(frames)]`
    pub fn upsample(&self, mel: Tensor<3>) -> Tensor<3> {
        let mut image: Tensor<4> = mel.unsqueeze_dim(1);
        for (layer, padding) in self.upsampler.iter().zip(self.config.upsampler_padding()) {
            let options = ConvTransposeOptions::new([1, UPSAMPLER_STRIDE], [1, padding], [0, 0], [1, 1], 1);
            image = conv_transpose2d(image, layer.weight.val(), Some(layer.bias.val()), options);
            image = leaky_relu(image, UPSAMPLER_SLOPE);
        }
        image.squeeze_dim(1)
    }

    /// Predicts the noise in `x` at the real-valued step `level`, given the upsampled `conditioner`.
    ///
    /// # Shapes
    /// - x: `[batch, samples]`
    /// - conditioner: `[batch, n_mels, samples]`, none for an unconditional network
    /// - output: `[batch, samples]`
    pub fn forward(&self, x: Tensor<2>, level: f32, conditioner: Option<&Tensor<3>>) -> Tensor<2> {
        let step = self.embed(level, &x.device());
        let mut x = relu(self.input_projection.pointwise(x.unsqueeze_dim(1)));
        let mut skips: Option<Tensor<3>> = None;
        for (index, layer) in self.layers.iter().enumerate() {
            let (residual, skip) = self.residual_layer(index, layer, x.clone(), &step, conditioner);
            x = (x + residual) * self.config.residual_scale();
            skips = Some(match skips {
                Some(sum) => sum + skip,
                None => skip,
            });
        }
        let skips = skips.expect("a validated network has a layer") * self.config.skip_scale();
        let hidden = relu(self.skip_projection.pointwise(skips));
        self.output_projection.pointwise(hidden).squeeze_dim(1)
    }

    /// The step's embedding through both shared layers. `[1, 512]`
    fn embed(&self, level: f32, device: &Device) -> Tensor<2> {
        let row = embedding_row(&self.config, level);
        let row = Tensor::<2>::from_data(TensorData::new(row.to_vec(), [1, row.len()]), device);
        silu(self.projection2.linear(silu(self.projection1.linear(row))))
    }

    /// A residual layer: its residual and its skip, `[batch, channels, samples]` each.
    fn residual_layer(
        &self,
        index: usize,
        layer: &ResidualLayer,
        x: Tensor<3>,
        step: &Tensor<2>,
        conditioner: Option<&Tensor<3>>,
    ) -> (Tensor<3>, Tensor<3>) {
        let dilation = self.config.dilation(index);
        let padding = if self.config.causal { (2 * dilation, 0) } else { (dilation, dilation) };
        let step: Tensor<3> = layer.diffusion_projection.linear(step.clone()).unsqueeze_dim(2);
        let mut y = layer.dilated_conv.conv(x + step, padding, dilation);
        if let (Some(projection), Some(conditioner)) = (&layer.conditioner_projection, conditioner) {
            y = y + projection.pointwise(conditioner.clone());
        }
        let [gate, filter] = halves(y);
        let [residual, skip] = halves(layer.output_projection.pointwise(sigmoid(gate) * tanh(filter)));
        (residual, skip)
    }

    /// The network's configuration.
    pub fn config(&self) -> &DiffWaveConfig {
        &self.config
    }
}

/// Both halves of the channels.
fn halves(y: Tensor<3>) -> [Tensor<3>; 2] {
    let channels = y.dims()[1] / 2;
    [y.clone().narrow(1, 0, channels), y.narrow(1, channels, channels)]
}
