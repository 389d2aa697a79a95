//! What the network is told of its level.

use std::f64::consts::{FRAC_PI_2, TAU};

use super::config::LEVEL_TURNS;

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
