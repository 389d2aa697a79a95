//! The way from a step to what every layer adds of it (DiffWave, sections 3.1 and 3.2).

use super::config::DiffWaveConfig;
use super::embedding::embedding_row;
use crate::kernel::{Linear, silu};
use crate::network::Weights;

/// The projections of steps, in all layers.
pub(super) struct StepProjections {
    config: DiffWaveConfig,
    shared: [Linear; 2],
    layers: Vec<Linear>,
    hidden: [Vec<f32>; 2],
    projected: Vec<f32>,
}

impl StepProjections {
    /// Takes what it needs of (validated) weights.
    pub(super) fn new(config: &DiffWaveConfig, weights: &Weights) -> Self {
        let linear = |name: &str| {
            let bias = weights.values(&format!("{name}.bias")).to_vec();
            Linear::new(weights.values(&format!("{name}.weight")), bias)
        };
        let shared = ["diffusion_embedding.projection1", "diffusion_embedding.projection2"].map(linear);
        let layer = |index| linear(&format!("residual_layers.{index}.diffusion_projection"));
        Self {
            hidden: shared.each_ref().map(|linear| vec![0.0; linear.outputs()]),
            shared,
            layers: (0..config.layers).map(layer).collect(),
            projected: vec![0.0; config.channels],
            config: config.clone(),
        }
    }

    /// Gives `each` layer, by its index, the projection of the step `level`, `[channels]`. Allocates nothing.
    pub(super) fn of(&mut self, level: f32, mut each: impl FnMut(usize, &[f32])) {
        let Self { config, shared, layers, hidden: [first, second], projected } = self;
        shared[0].apply(&embedding_row(config, level), first);
        silu(first);
        shared[1].apply(first, second);
        silu(second);
        for (index, layer) in layers.iter().enumerate() {
            layer.apply(second, projected);
            each(index, projected);
        }
    }
}
