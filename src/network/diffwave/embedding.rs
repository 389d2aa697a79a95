//! The sinusoidal embedding of the diffusion step (DiffWave, section 3.1).

use super::config::{DiffWaveConfig, EMBEDDING};

/// The embedding of a real-valued step of `config`'s step table: rows of the table, linearly interpolated.
///
/// Steps outside the table take its nearest row.
pub fn embedding_row(config: &DiffWaveConfig, level: f32) -> [f32; EMBEDDING] {
    let level = level.clamp(0.0, (config.training_steps - 1) as f32);
    let (low, high) = (level.floor(), level.ceil());
    let (from, to) = (row(config, low), row(config, high));
    std::array::from_fn(|k| from[k] + (to[k] - from[k]) * (level - low))
}

/// Row `index` of the table: sin, then cos, of step · 10^(4k/63).
///
/// The products reach 490 000, where one rounding more or less turns the phase by 0.03: so each operation rounds to
/// `f32` exactly where PyTorch's does.
fn row(config: &DiffWaveConfig, index: f32) -> [f32; EMBEDDING] {
    const HALF: usize = EMBEDDING / 2;
    let step = index + config.first_step() as f32;
    std::array::from_fn(|place| {
        let exponent = (place % HALF) as f32 * 4.0 / 63.0;
        let factor = 10f64.powf(f64::from(exponent)) as f32;
        let phase = f64::from(step * factor);
        (if place < HALF { phase.sin() } else { phase.cos() }) as f32
    })
}
