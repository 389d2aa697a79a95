//! What of a prediction depends on the level alone.

use crate::kernel::{Linear, Recent, silu};
use crate::network::Weights;
use crate::network::bandwave::config::BandWaveConfig;
use crate::network::bandwave::level::level_row;
use crate::network::gpu::Gated;

/// Levels whose constants are kept: as many as a user can ask for at once.
const KEPT: usize = 16;

/// What is added in every layer for the levels seen last.
pub(super) struct Levels {
    shared: [Linear; 2],
    layers: Vec<Linear>,
    kept: Recent,
}

impl Levels {
    /// Takes what it needs of (validated) weights.
    pub(super) fn new(config: &BandWaveConfig, weights: &Weights, gated: &Gated) -> Self {
        let values = |name: String| weights.values(&name);
        let linear =
            |name: &str| Linear::new(values(format!("{name}.weight")), values(format!("{name}.bias")).to_vec());
        let layer = |index: usize| {
            let [own, taps] = ["level", "taps"].map(|part| values(format!("layers.{index}.{part}.bias")));
            let bias = own.iter().zip(taps).map(|(own, taps)| own + taps).collect();
            Linear::new(values(format!("layers.{index}.level.weight")), bias)
        };
        Self {
            shared: ["level.0", "level.2"].map(linear),
            layers: (0..config.layers).map(layer).collect(),
            kept: Recent::new(KEPT, 1, gated.level_values()),
        }
    }

    /// What `gated` adds at `level`, in all layers.
    pub(super) fn of(&mut self, gated: &Gated, level: f32) -> &[f32] {
        let Self { shared, layers, kept } = self;
        kept.of(&[level], |values| {
            let mut hidden = level_row(level).to_vec();
            for linear in shared {
                hidden = applied(linear, &hidden);
                silu(&mut hidden);
            }
            let mut levels = Vec::with_capacity(values.len());
            layers.iter().for_each(|linear| gated.push_levels(&mut levels, &[], &applied(linear, &hidden)));
            values.copy_from_slice(&levels);
        })
    }
}

fn applied(linear: &Linear, input: &[f32]) -> Vec<f32> {
    let mut output = vec![0.0; linear.outputs()];
    linear.apply(input, &mut output);
    output
}
