//! What of a prediction depends on the step alone: constants of every layer, kept for the steps seen last.

use super::packed::Packed;
use crate::kernel::Recent;
use crate::network::Weights;
use crate::network::diffwave::config::DiffWaveConfig;
use crate::network::diffwave::projections::StepProjections;

/// Steps whose constants are kept: more than any short schedule has.
const KEPT: usize = 32;

/// Constants of every layer for the steps seen last.
pub(super) struct StepTable {
    projections: StepProjections,
    residual_biases: Vec<Vec<f32>>,
    residual_scale: f32,
    width: usize,
    /// The projection of the layer before.
    previous: Vec<f32>,
    /// `[layers, width]` for each step.
    kept: Recent,
}

impl StepTable {
    /// Takes what it needs of (validated) weights.
    pub(super) fn new(config: &DiffWaveConfig, weights: &Weights, packed: &Packed) -> Self {
        let residual_bias = |index| {
            let bias = weights.values(&format!("residual_layers.{index}.output_projection.bias"));
            bias[..config.channels].to_vec()
        };
        Self {
            projections: StepProjections::new(config, weights),
            residual_biases: (0..config.layers).map(residual_bias).collect(),
            residual_scale: config.residual_scale(),
            width: packed.width,
            previous: vec![0.0; config.channels],
            kept: Recent::new(KEPT, 1, config.layers * packed.width),
        }
    }

    /// The constants of `level`, `[layers, width]`: the first layer's projection p₀ of the step, then for every
    /// further layer what its predecessor adds, s·b + p' − s·p (see [`super::layer::Layer`]).
    pub(super) fn constants(&mut self, level: f32) -> &[f32] {
        let Self { projections, residual_biases, residual_scale, width, previous, kept } = self;
        kept.of(&[level], |constants| {
            projections.of(level, |index, current| {
                let constants = &mut constants[index * *width..(index + 1) * *width];
                match index.checked_sub(1) {
                    None => constants[..current.len()].copy_from_slice(current),
                    Some(before) => {
                        let biases = &residual_biases[before];
                        for (channel, constant) in constants.iter_mut().enumerate().take(current.len()) {
                            let kept = *residual_scale * (biases[channel] - previous[channel]);
                            *constant = current[channel] + kept;
                        }
                    }
                }
                previous.copy_from_slice(current);
            });
        })
    }
}
