//! What of a prediction depends on the step and the labels alone.

use crate::kernel::{Linear, Recent};
use crate::network::Weights;
use crate::network::diffwave::config::{DiffWaveConfig, LABEL_EMBEDDING};
use crate::network::diffwave::projections::StepProjections;

/// Steps whose projections are kept: more than any short schedule has.
const KEPT: usize = 32;

/// Projections of steps and labels for every layer.
pub(super) struct Levels {
    channels: usize,
    projections: StepProjections,
    /// `[layers, channels]` for each of the steps seen last.
    kept: Recent,
    /// What the gated sums of every layer begin with, and what a label adds to it.
    biases: Vec<Vec<f32>>,
    labels: Vec<Linear>,
    /// `[classes, 128]`; empty in a network without classes.
    embedding: Vec<f32>,
}

impl Levels {
    /// Takes what it needs of (validated) weights.
    pub(super) fn new(config: &DiffWaveConfig, weights: &Weights) -> Self {
        let values = |name: &str| weights.values(name);
        let linear = |name: &str| {
            let bias = values(&format!("{name}.bias")).to_vec();
            Linear::new(values(&format!("{name}.weight")), bias)
        };
        let layer = |index: usize, part: &str| format!("residual_layers.{index}.{part}");
        let bias = |index: usize| {
            let own = values(&layer(index, "dilated_conv.bias")).iter();
            match config.n_mels {
                Some(_) => {
                    let condition = values(&layer(index, "conditioner_projection.bias"));
                    own.zip(condition).map(|(own, condition)| own + condition).collect()
                }
                None => own.copied().collect(),
            }
        };
        let labelled = if config.classes.is_some() { config.layers } else { 0 };
        Self {
            channels: config.channels,
            projections: StepProjections::new(config, weights),
            kept: Recent::new(KEPT, 1, config.layers * config.channels),
            biases: (0..config.layers).map(bias).collect(),
            labels: (0..labelled).map(|index| linear(&layer(index, "label_projection"))).collect(),
            embedding: config.classes.map(|_| values("label_embedding.weight").to_vec()).unwrap_or_default(),
        }
    }

    /// The projections of the step `level`, `[layers, channels]`.
    pub(super) fn steps(&mut self, level: f32) -> &[f32] {
        let Self { channels, projections, kept, .. } = self;
        kept.of(&[level], |steps| {
            projections.of(level, |index, step| {
                steps[index * *channels..(index + 1) * *channels].copy_from_slice(step);
            });
        })
    }

    /// What the gated sums of every layer begin with in a window with this `label`, `[layers][2 · channels]`.
    pub(super) fn sums(&self, label: Option<usize>) -> Vec<Vec<f32>> {
        let mut sums = self.biases.clone();
        // The null label's embedding is zero; its projections have biases all the same.
        let nothing = [0.0; LABEL_EMBEDDING];
        let row =
            label.map_or(&nothing[..], |label| &self.embedding[label * LABEL_EMBEDDING..][..LABEL_EMBEDDING]);
        for (sums, linear) in sums.iter_mut().zip(&self.labels) {
            let mut projected = vec![0.0; linear.outputs()];
            linear.apply(row, &mut projected);
            sums.iter_mut().zip(projected).for_each(|(sum, label)| *sum += label);
        }
        sums
    }
}
