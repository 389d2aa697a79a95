//! What the network is told of its level, and what that becomes in every layer.

use std::f64::consts::{FRAC_PI_2, TAU};

use super::config::{BandWaveConfig, LEVEL_TURNS};
use crate::kernel::{Linear, silu};
use crate::network::Weights;

/// The slowest and the fastest of the sines, in turns per right angle.
const TURNS: [f64; 2] = [0.25, 16.0];

/// Sines of `angle` at frequencies that rise geometrically, then the cosines: `[2 · 32]`.
pub fn level_row(angle: f32) -> [f32; 2 * LEVEL_TURNS] {
    let [slowest, fastest] = TURNS;
    let share = f64::from(angle) / FRAC_PI_2;
    std::array::from_fn(|index| {
        let step = (index % LEVEL_TURNS) as f64 / (LEVEL_TURNS - 1) as f64;
        let turns = TAU * slowest * (fastest / slowest).powf(step);
        // The reference rounds a frequency and its product with the angle.
        let phase = f64::from((share as f32) * (turns as f32));
        (if index < LEVEL_TURNS { phase.sin() } else { phase.cos() }) as f32
    })
}

/// What a level goes through to every layer.
pub(super) struct LevelMaps {
    shared: [Linear; 2],
    layers: Vec<Linear>,
}

impl LevelMaps {
    /// Takes what it needs of (validated) weights.
    pub(super) fn new(config: &BandWaveConfig, weights: &Weights) -> Self {
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
        Self { shared: ["level.0", "level.2"].map(linear), layers: (0..config.layers).map(layer).collect() }
    }

    /// What the gated sums of every layer begin with at `level`, `[layers][2 · channels]`: biases, and what its embedding adds.
    pub(super) fn rows(&self, level: f32) -> impl Iterator<Item = Vec<f32>> {
        let mut hidden = level_row(level).to_vec();
        for linear in &self.shared {
            hidden = applied(linear, &hidden);
            silu(&mut hidden);
        }
        self.layers.iter().map(move |linear| applied(linear, &hidden))
    }
}

fn applied(linear: &Linear, input: &[f32]) -> Vec<f32> {
    let mut output = vec![0.0; linear.outputs()];
    linear.apply(input, &mut output);
    output
}
