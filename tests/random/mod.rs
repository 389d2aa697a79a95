//! Numbers that look random and are the same in every run.

use remel::network::{DiffWaveConfig, Tensor, Weights};

/// Numbers in [−1, 1].
pub fn numbers(seed: usize, count: usize) -> Vec<f32> {
    let number = |n: usize| {
        let bits = ((n + 1) as u64 * 0x9e37_79b9 + seed as u64).wrapping_mul(0x2545_f491_4f6c_dd1d);
        ((bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(number).collect()
}

/// A network's weights, as large as keeps its signals' size.
pub fn weights(config: &DiffWaveConfig) -> Weights {
    let mut weights = Weights::default();
    for (seed, (name, shape)) in config.tensors().into_iter().enumerate() {
        let inputs = shape[1..].iter().product::<usize>() as f32;
        let data = numbers(seed, shape.iter().product()).iter().map(|v| v * (2.0 / inputs).sqrt()).collect();
        weights.insert(name, Tensor { shape, data });
    }
    weights
}
