//! Weights that look random and are the same in every run.

use remel::network::{DiffWaveConfig, Tensor, Weights};

use super::random::numbers;

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
