//! What somebody needs who computes all residual layers at once, in place of burn layer by layer.

use burn::tensor::Tensor;

use super::DiffWaveConfig;
use super::forward::DiffWave;

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

impl DiffWave {
    /// The same network, whose residual layers `compute` computes.
    pub fn with_residual_layers(mut self, compute: ResidualLayers) -> Self {
        self.at_once = Some(compute);
        self
    }

    /// What goes into the residual layers of this network: `x` and the embedded `step` and `label`.
    pub(super) fn residual_inputs(
        &self,
        x: Tensor<3>,
        step: &Tensor<2>,
        conditioner: Option<&Tensor<3>>,
        label: Option<&Tensor<2>>,
    ) -> ResidualInputs {
        let ([batch, channels, samples], layers) = (x.dims(), self.layers.len());
        let nothing = || Tensor::<1>::zeros([2 * channels], &x.device());
        let steps = self.layers.iter().map(|layer| layer.diffusion_projection.linear(step.clone()));
        let bias = self.layers.iter().map(|layer| {
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
        let weights = self.layers.iter().flat_map(|layer| {
            let flat = |weight: &Tensor<3>| weight.clone().flatten::<1>(0, 2);
            let projection = &layer.conditioner_projection;
            [
                flat(&layer.dilated_conv.weight),
                projection.as_ref().map_or_else(nothing, |projection| flat(&projection.weight)),
                flat(&layer.output_projection.weight),
                layer.output_projection.bias.clone(),
            ]
        });
        ResidualInputs {
            steps: Tensor::stack::<3>(steps.collect(), 1).expand([batch, layers, channels]),
            bias: Tensor::stack::<3>(bias.collect(), 1).expand([batch, layers, 2 * channels]),
            weights: Tensor::cat(weights.collect(), 0),
            conditioner: conditioner
                .cloned()
                .unwrap_or_else(|| Tensor::zeros([batch, 1, samples], &x.device())),
            x,
        }
    }
}
