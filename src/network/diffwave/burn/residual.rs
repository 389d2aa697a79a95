//! The residual layers: one by one in burn, or what somebody needs who computes all of them in one operation.

#[cfg(feature = "train")]
use burn::tensor::DType;
use burn::tensor::Tensor;
use burn::tensor::activation::{sigmoid, tanh};

use super::affine::{Affine, Form};
use crate::network::diffwave::config::DiffWaveConfig;

/// A residual layer (DiffWave, figure 2).
#[derive(Debug)]
pub(super) struct ResidualLayer {
    pub dilated_conv: Affine<3>,
    pub diffusion_projection: Affine<2>,
    pub conditioner_projection: Option<Affine<3>>,
    pub label_projection: Option<Affine<2>>,
    pub output_projection: Affine<3>,
}

impl ResidualLayer {
    /// The layer's residual and its skip, `[batch, channels, samples]` each.
    pub fn forward(
        &self,
        x: Tensor<3>,
        step: &Tensor<2>,
        conditioner: Option<&Tensor<3>>,
        label: Option<&Tensor<2>>,
        (padding, dilation): ((usize, usize), usize),
        form: Form,
    ) -> [Tensor<3>; 2] {
        let step: Tensor<3> = self.diffusion_projection.linear(step.clone()).unsqueeze_dim(2);
        let mut y = self.dilated_conv.dilated(x + step, padding, dilation, form);
        if let (Some(projection), Some(conditioner)) = (&self.conditioner_projection, conditioner) {
            y = y + projection.pointwise(conditioner.clone(), form);
        }
        if let (Some(projection), Some(label)) = (&self.label_projection, label) {
            y = y + projection.linear(label.clone()).unsqueeze_dim::<3>(2);
        }
        halves(self.output_projection.pointwise(gated(y, form), form))
    }
}

/// σ of the first half of the channels times tanh of the second.
fn gated(y: Tensor<3>, form: Form) -> Tensor<3> {
    #[cfg(feature = "train")]
    if form == Form::Product && y.dtype() == DType::F32 {
        return crate::network::burn::activation::gated(y);
    }
    let _ = form;
    let [gate, filter] = halves(y);
    sigmoid(gate) * tanh(filter)
}

/// Both halves of the channels.
fn halves(y: Tensor<3>) -> [Tensor<3>; 2] {
    let channels = y.dims()[1] / 2;
    [y.clone().narrow(1, 0, channels), y.narrow(1, channels, channels)]
}

/// Computes the sum of the skips of all residual layers, `[batch, channels, samples]`.
pub type ResidualLayers = fn(&DiffWaveConfig, ResidualInputs) -> Tensor<3>;

/// What goes into the residual layers.
#[derive(Debug)]
pub struct ResidualInputs {
    /// The first layer's input, `[batch, channels, samples]`.
    pub x: Tensor<3>,
    /// Every layer's projection of the step, `[batch, layers, channels]`.
    pub steps: Tensor<3>,
    /// The conditioner, `[batch, bands, samples]`; one band of zeros for an unconditional network.
    pub conditioner: Tensor<3>,
    /// What is added before every layer's gates: the biases of its projections, and the label's,
    /// `[batch, layers, 2 · channels]`.
    pub bias: Tensor<3>,
    /// Layer after layer the weights of the dilated convolution, `[2 · channels, channels, 3]`, of the conditioner's
    /// projection, `[2 · channels, bands]`, and of the output projection, `[2 · channels, channels]`, with its bias.
    pub weights: Tensor<1>,
}

impl ResidualInputs {
    /// What goes into `layers`: `x` and the embedded `step` and `label`.
    pub(super) fn new(
        layers: &[ResidualLayer],
        x: Tensor<3>,
        step: &Tensor<2>,
        conditioner: Option<&Tensor<3>>,
        label: Option<&Tensor<2>>,
    ) -> Self {
        let ([batch, channels, samples], count) = (x.dims(), layers.len());
        let nothing = || Tensor::<1>::zeros([2 * channels], &x.device());
        let steps = layers.iter().map(|layer| layer.diffusion_projection.linear(step.clone()));
        let bias = layers.iter().map(|layer| {
            let mut bias = layer.dilated_conv.bias.clone();
            if let Some(projection) = &layer.conditioner_projection {
                bias = bias + projection.bias.clone();
            }
            let bias = bias.unsqueeze_dim::<2>(0);
            match (&layer.label_projection, label) {
                (Some(projection), Some(label)) => bias + projection.linear(label.clone()),
                _ => bias,
            }
        });
        let weights = layers.iter().flat_map(|layer| {
            let flat = |weight: &Tensor<3>| weight.clone().flatten::<1>(0, 2);
            let projection = &layer.conditioner_projection;
            [
                flat(&layer.dilated_conv.weight),
                projection.as_ref().map_or_else(nothing, |projection| flat(&projection.weight)),
                flat(&layer.output_projection.weight),
                layer.output_projection.bias.clone(),
            ]
        });
        Self {
            steps: Tensor::stack::<3>(steps.collect(), 1).expand([batch, count, channels]),
            bias: Tensor::stack::<3>(bias.collect(), 1).expand([batch, count, 2 * channels]),
            weights: Tensor::cat(weights.collect(), 0),
            conditioner: conditioner
                .cloned()
                .unwrap_or_else(|| Tensor::zeros([batch, 1, samples], &x.device())),
            x,
        }
    }
}
