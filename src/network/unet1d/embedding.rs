//! Vectors that say numbers to the network: the level, and an upsampler's factor.

use std::f32::consts::TAU;

/// The level `t` and its learned waves, `[1 + 2 · waves]`, of `frequencies`, `[waves]`.
pub(super) fn level_features(t: f32, frequencies: &[f32]) -> Vec<f32> {
    let phase = |frequency: &f32| t * frequency * TAU;
    let sines = frequencies.iter().map(|frequency| phase(frequency).sin());
    let cosines = frequencies.iter().map(|frequency| phase(frequency).cos());
    [t].into_iter().chain(sines).chain(cosines).collect()
}

/// The sinusoidal embedding of `number` in `features` features, an even number of at least 4: sines and cosines of
/// number · 10000^(−k/(features/2 − 1)).
pub fn sinusoidal_features(number: f32, features: usize) -> Vec<f32> {
    let half = features / 2;
    let step = (10_000_f64.ln() / (half as f64 - 1.0)) as f32;
    let phases: Vec<f32> = (0..half).map(|k| number * (k as f32 * -step).exp()).collect();
    phases.iter().map(|phase| phase.sin()).chain(phases.iter().map(|phase| phase.cos())).collect()
}
