//! What of a prediction depends on the level alone.

use crate::kernel::Recent;
use crate::network::Weights;
use crate::network::bandwave::config::BandWaveConfig;
use crate::network::bandwave::level::LevelMaps;
use crate::network::gpu::Gated;

/// Levels whose constants are kept: as many as a user can ask for at once.
const KEPT: usize = 16;

/// What is added in every layer for the levels seen last.
pub(super) struct Levels {
    maps: LevelMaps,
    kept: Recent,
}

impl Levels {
    /// Takes what it needs of (validated) weights.
    pub(super) fn new(config: &BandWaveConfig, weights: &Weights, gated: &Gated) -> Self {
        Self { maps: LevelMaps::new(config, weights), kept: Recent::new(KEPT, 1, gated.level_values()) }
    }

    /// What `gated` adds at `level`, in all layers.
    pub(super) fn of(&mut self, gated: &Gated, level: f32) -> &[f32] {
        let Self { maps, kept } = self;
        kept.of(&[level], |values| {
            let mut levels = Vec::with_capacity(values.len());
            maps.rows(level).for_each(|row| gated.push_levels(&mut levels, &[], &row));
            values.copy_from_slice(&levels);
        })
    }
}
