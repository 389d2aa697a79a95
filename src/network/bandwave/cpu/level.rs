//! What of a prediction depends on the level alone: a constant of every layer's gated sum, kept for the levels seen last.

use std::sync::Arc;

use super::packed::Gates;
use crate::kernel::{Linear, Recent, silu};
use crate::network::Weights;
use crate::network::bandwave::config::BandWaveConfig;
use crate::network::bandwave::level::level_row;

/// Levels whose constants are kept: as many as a user can ask for at once.
const KEPT: usize = 16;

/// Constants of every layer for the levels seen last.
pub(super) struct LevelTable {
    maps: Arc<Maps>,
    /// `[layers, 2 · channels]` for each level.
    kept: Recent,
}

/// What levels go through.
struct Maps {
    shared: [Linear; 2],
    layers: Vec<Linear>,
    gates: Gates,
}

impl LevelTable {
    /// Takes what it needs of (validated) weights.
    pub(super) fn new(config: &BandWaveConfig, weights: &Weights, gates: Gates) -> Self {
        let values = |name: String| weights.values(&name);
        let linear = |name: &str| {
            let bias = values(format!("{name}.bias")).to_vec();
            Linear::new(values(format!("{name}.weight")), bias)
        };
        let layer = |index: usize| {
            let [own, taps] = ["level", "taps"].map(|part| values(format!("layers.{index}.{part}.bias")));
            let bias = own.iter().zip(taps).map(|(own, taps)| own + taps).collect();
            Linear::new(values(format!("layers.{index}.level.weight")), bias)
        };
        let (shared, layers) = (["level.0", "level.2"].map(linear), (0..config.layers).map(layer).collect());
        let maps = Arc::new(Maps { shared, layers, gates });
        Self { maps, kept: Recent::new(KEPT, 1, config.layers * 2 * config.channels) }
    }

    /// Another on the same weights.
    pub(super) fn beside(&self) -> Self {
        Self { maps: Arc::clone(&self.maps), kept: self.kept.clone() }
    }

    /// The constants of `level`, `[layers, 2 · channels]`: biases, and what its embedding adds.
    pub(super) fn constants(&mut self, level: f32) -> &[f32] {
        let Maps { shared, layers, gates } = &*self.maps;
        self.kept.of(&[level], |constants| {
            let mut hidden = level_row(level).to_vec();
            for linear in shared {
                hidden = applied(linear, &hidden);
                silu(&mut hidden);
            }
            let width = constants.len() / layers.len();
            for (linear, constants) in layers.iter().zip(constants.chunks_exact_mut(width)) {
                let row = applied(linear, &hidden);
                constants.iter_mut().zip(gates.ordered(&row)).for_each(|(constant, value)| *constant = value);
            }
        })
    }
}

fn applied(linear: &Linear, input: &[f32]) -> Vec<f32> {
    let mut output = vec![0.0; linear.outputs()];
    linear.apply(input, &mut output);
    output
}
