//! What of a prediction depends on the level alone: a constant of every layer's gated sum, kept for the levels seen last.

use super::packed::Gates;
use crate::kernel::Buffer;
use crate::network::Weights;
use crate::network::bandwave::config::BandWaveConfig;
use crate::network::bandwave::level::level_row;

/// Levels whose constants are kept: as many as a user can ask for at once.
const KEPT: usize = 16;

/// Constants of every layer for the levels seen last.
pub(super) struct LevelTable {
    shared: [Linear; 2],
    layers: Vec<Linear>,
    gates: Gates,
    /// A level, and its constants, `[layers, 2 · channels]`.
    kept: Vec<(f32, Buffer)>,
    oldest: usize,
}

impl LevelTable {
    /// Takes what it needs of (validated) weights.
    pub(super) fn new(config: &BandWaveConfig, weights: &Weights, gates: Gates) -> Self {
        let layer = |index: usize| {
            let mut linear = Linear::new(weights, &format!("layers.{index}.level"));
            let bias = weights.values(&format!("layers.{index}.taps.bias"));
            linear.bias.iter_mut().zip(bias).for_each(|(own, taps)| *own += taps);
            linear
        };
        let constants = || Buffer::zeroed(config.layers * 2 * config.channels);
        Self {
            shared: ["level.0", "level.2"].map(|name| Linear::new(weights, name)),
            layers: (0..config.layers).map(layer).collect(),
            gates,
            kept: (0..KEPT).map(|_| (f32::NAN, constants())).collect(),
            oldest: 0,
        }
    }

    /// The constants of `level`, `[layers, 2 · channels]`: biases, and what its embedding adds.
    pub(super) fn constants(&mut self, level: f32) -> &[f32] {
        let found = self.kept.iter().position(|(kept, _)| *kept == level);
        let index = found.unwrap_or_else(|| self.compute(level));
        &self.kept[index].1
    }

    /// Computes the constants of `level` over the oldest ones and says where they are.
    fn compute(&mut self, level: f32) -> usize {
        let mut hidden = level_row(level).to_vec();
        for linear in &self.shared {
            hidden = linear.of(&hidden);
            hidden.iter_mut().for_each(|value| *value = silu(*value));
        }
        let index = self.oldest;
        let (kept, constants) = &mut self.kept[index];
        *kept = level;
        let width = constants.len() / self.layers.len();
        for (linear, constants) in self.layers.iter().zip(constants.chunks_exact_mut(width)) {
            let row = linear.of(&hidden);
            constants.iter_mut().zip(self.gates.ordered(&row)).for_each(|(constant, value)| *constant = value);
        }
        self.oldest = (index + 1) % KEPT;
        index
    }
}

/// A linear map as PyTorch lays it out.
struct Linear {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    fn new(weights: &Weights, name: &str) -> Self {
        let [weight, bias] = ["weight", "bias"].map(|part| weights.values(&format!("{name}.{part}")).to_vec());
        Self { weight, bias }
    }

    fn of(&self, input: &[f32]) -> Vec<f32> {
        let rows = self.weight.chunks_exact(input.len()).zip(&self.bias);
        rows.map(|(row, bias)| bias + row.iter().zip(input).map(|(w, x)| w * x).sum::<f32>()).collect()
    }
}

/// x·sigmoid(x)
pub(super) fn silu(x: f32) -> f32 {
    x / (1.0 + (-x).exp())
}
