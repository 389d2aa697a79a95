//! What of a prediction depends on the step alone: constants of every layer, kept for the steps seen last.

use super::packed::Packed;
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
    kept: Vec<(f32, Vec<f32>)>,
    oldest: usize,
}

impl StepTable {
    /// Takes what it needs of (validated) weights.
    pub(super) fn new(config: &DiffWaveConfig, weights: &Weights, packed: &Packed) -> Self {
        let layers = 0..config.layers;
        let linear = |name: &str| Linear::new(weights, name);
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
            hidden: [0, 1].map(|index: usize| vec![0.0; shared[index].bias.len()]),
            shared,
            projections,
            residual_biases: layers.map(residual_bias).collect(),
            width: packed.width,
            projected: [vec![0.0; config.channels], vec![0.0; config.channels]],
            kept: vec![(f32::NAN, vec![0.0; config.layers * packed.width]); KEPT],
            oldest: 0,
        }
    }

    /// The constants of `level`, `[layers, width]`: the first layer's projection p₀ of the step, then for every
    /// further layer what its predecessor adds, s·b + p' − s·p (see [`super::layer::Layer`]).
    pub(super) fn constants(&mut self, level: f32) -> &[f32] {
        let found = self.kept.iter().position(|(kept, _)| *kept == level);
        let index = found.unwrap_or_else(|| self.compute(level));
        &self.kept[index].1
    }

    /// Computes the constants of `level` over the oldest ones and says where they are.
    fn compute(&mut self, level: f32) -> usize {
        let row = embedding_row(&self.config, level);
        let [first, second] = &mut self.hidden;
        self.shared[0].apply(&row, first);
        first.iter_mut().for_each(|value| *value = silu(*value));
        self.shared[1].apply(first, second);
        second.iter_mut().for_each(|value| *value = silu(*value));

        let scale = self.config.residual_scale();
        let [previous, current] = &mut self.projected;
        let (kept, constants) = &mut self.kept[self.oldest];
        *kept = level;
        for (index, constants) in constants.chunks_exact_mut(self.width).enumerate() {
            self.projections[index].apply(second, current);
            for (channel, constant) in constants.iter_mut().enumerate().take(self.config.channels) {
                *constant = match index.checked_sub(1) {
                    None => current[channel],
                    Some(before) => {
                        current[channel] + scale * (self.residual_biases[before][channel] - previous[channel])
                    }
                };
            }
            std::mem::swap(previous, current);
        }
        let index = self.oldest;
        self.oldest = (index + 1) % KEPT;
        index
    }
}

/// A linear map with its weight transposed, `[in, out]`, so that the sums of all outputs grow side by side.
struct Linear {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    fn new(weights: &Weights, name: &str) -> Self {
        let weight = weights.values(&format!("{name}.weight"));
        let bias = weights.values(&format!("{name}.bias")).to_vec();
        let inputs = weight.len() / bias.len();
        let transposed = (0..inputs).flat_map(|k| (0..bias.len()).map(move |n| weight[n * inputs + k]));
        Self { weight: transposed.collect(), bias }
    }

    fn apply(&self, input: &[f32], output: &mut [f32]) {
        output.copy_from_slice(&self.bias);
        for (value, weights) in input.iter().zip(self.weight.chunks_exact(self.bias.len())) {
            for (sum, weight) in output.iter_mut().zip(weights) {
                *sum += value * weight;
            }
        }
    }
}

/// x·sigmoid(x)
fn silu(x: f32) -> f32 {
    x / (1.0 + (-x).exp())
}
