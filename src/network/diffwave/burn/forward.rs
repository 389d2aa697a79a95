//! The forward pass of DiffWave in burn, block by block as in the paper's figure 2.

use burn::tensor::activation::{leaky_relu, relu, silu};
use burn::tensor::module::conv_transpose2d;
use burn::tensor::ops::ConvTransposeOptions;
use burn::tensor::{Device, FloatDType, Tensor, TensorData};

use super::affine::{Affine, Form};
use super::residual::{ResidualInputs, ResidualLayer, ResidualLayers};
use crate::network::Weights;
use crate::network::burn::Parameters;
use crate::network::diffwave::config::{DiffWaveConfig, EMBEDDING, UPSAMPLER_SLOPE, UPSAMPLER_STRIDE};
use crate::network::diffwave::embedding::embedding_row;

/// A DiffWave network on a device.
#[derive(Debug)]
pub struct DiffWave {
    input_projection: Affine<3>,
    projection1: Affine<2>,
    projection2: Affine<2>,
    /// `[classes, 128]`
    label_embedding: Option<Tensor<2>>,
    upsampler: Vec<Affine<4>>,
    layers: Vec<ResidualLayer>,
    /// Who computes the layers, where it is not burn one by one.
    residual_layers: Option<ResidualLayers>,
    skip_projection: Affine<3>,
    output_projection: Affine<3>,
    form: Form,
    config: DiffWaveConfig,
}

impl Parameters<'_> {
    fn affine<const D: usize>(&mut self) -> Affine<D> {
        Affine { weight: self.tensor(), bias: self.tensor() }
    }
}

impl DiffWaveConfig {
    /// Places a network with these (validated) weights on `device`.
    pub fn init(&self, weights: &Weights, device: &Device) -> DiffWave {
        self.assemble(&mut |name| Tensor::from_data(weights.values(name), device))
    }

    /// Builds a network of parameters, asked for by name in the order of [`DiffWaveConfig::tensors`] and given flat.
    pub fn assemble(&self, parameter: &mut dyn FnMut(&str) -> Tensor<1>) -> DiffWave {
        let mut from = Parameters::new(self.tensors(), parameter);
        let input_projection: Affine<3> = from.affine();
        let form = match input_projection.bias.device().inner() == Device::flex() {
            true => Form::Product,
            false => Form::Convolution,
        };
        DiffWave {
            input_projection,
            projection1: from.affine(),
            projection2: from.affine(),
            label_embedding: self.classes.map(|_| from.tensor()),
            upsampler: (0..if self.n_mels.is_some() { 2 } else { 0 }).map(|_| from.affine()).collect(),
            layers: (0..self.layers)
                .map(|_| ResidualLayer {
                    dilated_conv: from.affine(),
                    diffusion_projection: from.affine(),
                    conditioner_projection: self.n_mels.map(|_| from.affine()),
                    label_projection: self.classes.map(|_| from.affine()),
                    output_projection: from.affine(),
                })
                .collect(),
            residual_layers: None,
            skip_projection: from.affine(),
            output_projection: from.affine(),
            form,
            config: self.clone(),
        }
    }
}

impl DiffWave {
    /// The same network, whose residual layers `compute` computes.
    pub fn with_residual_layers(mut self, compute: ResidualLayers) -> Self {
        self.residual_layers = Some(compute);
        self
    }

    /// Brings mel frames, `f32`, to one column per sample, in the type of the weights.
    ///
    /// # Shapes
    /// `[batch, n_mels, frames] → [batch, n_mels, config.samples(frames)]`
    pub fn upsample(&self, mel: Tensor<3>) -> Tensor<3> {
        let mut image: Tensor<4> = mel.unsqueeze_dim(1).cast(self.dtype());
        for (layer, padding) in self.upsampler.iter().zip(self.config.upsampler_padding()) {
            let options = ConvTransposeOptions::new([1, UPSAMPLER_STRIDE], [1, padding], [0, 0], [1, 1], 1);
            image = conv_transpose2d(image, layer.weight.clone(), Some(layer.bias.clone()), options);
            image = leaky_relu(image, f64::from(UPSAMPLER_SLOPE));
        }
        image.squeeze_dim(1)
    }

    /// Predicts the noise in `x` at real-valued steps, given the upsampled `conditioner`. What goes in and comes out is
    /// `f32`; the network computes in the type of its weights.
    ///
    /// # Shapes
    /// - x: `[batch, samples]`
    /// - levels: `[batch]`, or `[1]` for all
    /// - conditioner: `[batch, n_mels, samples]`, none for an unconditional network
    /// - labels: `[batch]` of classes, none standing for the null label, whose embedding is zero; or `[]` for no label at
    ///   all, which is what a network without classes takes
    /// - output: `[batch, samples]`
    pub fn forward(
        &self,
        x: Tensor<2>,
        levels: &[f32],
        conditioner: Option<&Tensor<3>>,
        labels: &[Option<usize>],
    ) -> Tensor<2> {
        self.predict(x, levels, conditioner, labels).0
    }

    /// The same, and where a network that learns variances places them: from the logarithm of the least that a reverse
    /// step may have, 0, to that of the largest, 1 (Nichol and Dhariwal 2021, equation 15). `[batch, samples]` both
    pub fn predict(
        &self,
        x: Tensor<2>,
        levels: &[f32],
        conditioner: Option<&Tensor<3>>,
        labels: &[Option<usize>],
    ) -> (Tensor<2>, Option<Tensor<2>>) {
        let step = self.embed(levels, &x.device());
        let label = self.label_embedding.as_ref().map(|table| embed_labels(labels, table));
        let x = x.unsqueeze_dim(1).cast(self.dtype());
        let x = relu(self.input_projection.pointwise(x, self.form));
        let skips = self.skips(x, &step, conditioner, label.as_ref()) * self.config.skip_scale();
        let hidden = relu(self.skip_projection.pointwise(skips, self.form));
        let outputs = self.output_projection.pointwise(hidden, self.form).cast(FloatDType::F32);
        let output = |index: usize| outputs.clone().narrow(1, index, 1).squeeze_dim(1);
        // From −1 to 1, as Nichol and Dhariwal have it, so that an untrained network says the middle.
        (output(0), self.config.learned_variance.then(|| (output(1) + 1.0) * 0.5))
    }

    /// The sum of the skips of all residual layers, `[batch, channels, samples]`.
    fn skips(
        &self,
        mut x: Tensor<3>,
        step: &Tensor<2>,
        conditioner: Option<&Tensor<3>>,
        label: Option<&Tensor<2>>,
    ) -> Tensor<3> {
        if let Some(compute) = self.residual_layers {
            return compute(&self.config, ResidualInputs::new(&self.layers, x, step, conditioner, label));
        }
        let mut skips: Option<Tensor<3>> = None;
        for (index, layer) in self.layers.iter().enumerate() {
            let dilation = self.config.dilation(index);
            let padding = if self.config.causal { (2 * dilation, 0) } else { (dilation, dilation) };
            let taps = (padding, dilation);
            let [residual, skip] = layer.forward(x.clone(), step, conditioner, label, taps, self.form);
            x = (x + residual) * self.config.residual_scale();
            skips = Some(match skips {
                Some(sum) => sum + skip,
                None => skip,
            });
        }
        skips.expect("a validated network has a layer")
    }

    /// The steps' embeddings through both shared layers. `[levels.len(), 512]`
    fn embed(&self, levels: &[f32], device: &Device) -> Tensor<2> {
        let rows: Vec<f32> = levels.iter().flat_map(|level| embedding_row(&self.config, *level)).collect();
        let rows = Tensor::<2>::from_data(TensorData::new(rows, [levels.len(), EMBEDDING]), device);
        silu(self.projection2.linear(silu(self.projection1.linear(rows.cast(self.dtype())))))
    }

    /// The type of the weights.
    fn dtype(&self) -> FloatDType {
        self.input_projection.bias.dtype().into()
    }

    /// The network's configuration.
    pub fn config(&self) -> &DiffWaveConfig {
        &self.config
    }
}

/// The learned embedding of labels (DiffWave, section 5.3): rows of the `table`, `[classes, 128]`, that the labels stand
/// for; zeros for the null label. Without labels it is one row for all. `[labels.len().max(1), 128]`
fn embed_labels(labels: &[Option<usize>], table: &Tensor<2>) -> Tensor<2> {
    let [classes, rows] = [table.dims()[0], labels.len().max(1)];
    let mut chosen = vec![0.0_f32; rows * classes];
    for (row, label) in labels.iter().enumerate() {
        if let Some(label) = label {
            chosen[row * classes + label] = 1.0;
        }
    }
    let chosen = Tensor::<2>::from_data(TensorData::new(chosen, [rows, classes]), &table.device());
    chosen.cast(table.dtype()).matmul(table.clone())
}
