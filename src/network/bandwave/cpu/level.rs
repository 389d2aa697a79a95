//! What of a prediction depends on the level alone: a constant of every layer's gated sum, kept for the levels seen last.

use std::sync::Arc;

use super::packed::Gates;
use crate::kernel::Recent;
use crate::network::Weights;
use crate::network::bandwave::config::BandWaveConfig;
use crate::network::bandwave::level::LevelMaps;

/// Levels whose constants are kept: as many as a user can ask for at once.
const KEPT: usize = 16;

/// Constants of every layer for the levels seen last.
pub(super) struct LevelTable {
    maps: Arc<Maps>,
    /// `[layers, 2 · channels]` for each level.
    kept: Recent,
}

/// What levels go through, and the order that layers want their constants in.
struct Maps {
    levels: LevelMaps,
    layers: usize,
    gates: Gates,
}

impl LevelTable {
    /// Takes what it needs of (validated) weights.
    pub(super) fn new(config: &BandWaveConfig, weights: &Weights, gates: Gates) -> Self {
        let maps = Arc::new(Maps { levels: LevelMaps::new(config, weights), layers: config.layers, gates });
        Self { maps, kept: Recent::new(KEPT, 1, config.layers * 2 * config.channels) }
    }

    /// Another on the same weights.
    pub(super) fn beside(&self) -> Self {
        Self { maps: Arc::clone(&self.maps), kept: self.kept.clone() }
    }

    /// The constants of `level`, `[layers, 2 · channels]`: biases, and what its embedding adds.
    pub(super) fn constants(&mut self, level: f32) -> &[f32] {
        let Maps { levels, layers, gates } = &*self.maps;
        self.kept.of(&[level], |constants| {
            let width = constants.len() / layers;
            for (row, constants) in levels.rows(level).zip(constants.chunks_exact_mut(width)) {
                constants.iter_mut().zip(gates.ordered(&row)).for_each(|(constant, value)| *constant = value);
            }
        })
    }
}
