//! What of a prediction depends on the step alone: constants of every layer, kept for the steps seen last.

use super::packed::Packed;
use crate::kernel::{Linear, Recent, silu};
use crate::network::Weights;
use crate::network::diffwave::config::DiffWaveConfig;
use crate::network::diffwave::embedding::embedding_row;

/// Steps whose constants are kept: more than any short schedule has.
const KEPT: usize = 32;

/// Constants of every layer for the steps seen last.
pub(super) struct StepTable {
    config: DiffWaveConfig,
    shared: [Linear; 2],
    projections: Vec<Linear>,
    residual_biases: Vec<Vec<f32>>,
    width: usize,
    hidden: [Vec<f32>; 2],
    projected: [Vec<f32>; 2],
    /// `[layers, width]` for each step.
    kept: Recent,
}

impl StepTable {
    /// Takes what it needs of (validated) weights.
    pub(super) fn new(config: &DiffWaveConfig, weights: &Weights, packed: &Packed) -> Self {
        let layers = 0..config.layers;
        let linear = |name: &str| {
            let bias = weights.values(&format!("{name}.bias")).to_vec();
            Linear::new(weights.values(&format!("{name}.weight")), bias)
        };
        let projections: Vec<Linear> = layers
            .clone()
            .map(|index| linear(&format!("residual_layers.{index}.diffusion_projection")))
            .collect();
        let residual_bias = |index| {
            let bias = weights.values(&format!("residual_layers.{index}.output_projection.bias"));
            bias[..config.channels].to_vec()
        };
        let shared = ["diffusion_embedding.projection1", "diffusion_embedding.projection2"].map(linear);
        Self {
            config: config.clone(),
            hidden: shared.each_ref().map(|linear| vec![0.0; linear.outputs()]),
            shared,
            projections,
            residual_biases: layers.map(residual_bias).collect(),
            width: packed.width,
            projected: [vec![0.0; config.channels], vec![0.0; config.channels]],
            kept: Recent::new(KEPT, 1, config.layers * packed.width),
        }
    }

    /// The constants of `level`, `[layers, width]`: the first layer's projection p₀ of the step, then for every
    /// further layer what its predecessor adds, s·b + p' − s·p (see [`super::layer::Layer`]).
    pub(super) fn constants(&mut self, level: f32) -> &[f32] {
        let Self { config, shared, projections, residual_biases, width, hidden, projected, kept } = self;
        kept.of(&[level], |constants| {
            let row = embedding_row(config, level);
            let [first, second] = hidden;
            shared[0].apply(&row, first);
            silu(first);
            shared[1].apply(first, second);
            silu(second);

            let scale = config.residual_scale();
            let [previous, current] = projected;
            for (index, constants) in constants.chunks_exact_mut(*width).enumerate() {
                projections[index].apply(second, current);
                for (channel, constant) in constants.iter_mut().enumerate().take(config.channels) {
                    *constant = match index.checked_sub(1) {
                        None => current[channel],
                        Some(before) => {
                            current[channel] + scale * (residual_biases[before][channel] - previous[channel])
                        }
                    };
                }
                std::mem::swap(previous, current);
            }
        })
    }
}
