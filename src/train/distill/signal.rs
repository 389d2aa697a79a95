//! Signals among noise.

use burn::tensor::Tensor;

/// √(1 − ᾱ) of √ᾱ.
pub fn sigma(scale: f64) -> f64 {
    (1.0 - scale * scale).sqrt()
}

/// The values of a signal.
pub fn values(signal: Tensor<2>) -> Vec<f32> {
    signal.to_data().try_to_vec().expect("signals are f32")
}
