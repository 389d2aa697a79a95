//! Short-time Fourier transforms, with gradients on every backend.

use std::f64::consts::TAU;

use burn::tensor::{Device, Tensor, TensorData};

/// Hops per window.
pub const OVERLAP: usize = 4;

/// Cosines, then sines, of all bins under a periodic Hann window. `[points, 2 · bins]`
pub fn basis(points: usize, device: &Device) -> Tensor<2> {
    let bins = points / 2 + 1;
    let turn = |n: usize, k: usize| TAU * ((n * k) % points) as f64 / points as f64;
    let values: Vec<f32> = (0..points)
        .flat_map(|n| {
            let window = 0.5 - 0.5 * turn(n, 1).cos();
            let cosines = (0..bins).map(move |k| (window * turn(n, k).cos()) as f32);
            cosines.chain((0..bins).map(move |k| (window * turn(n, k).sin()) as f32))
        })
        .collect();
    Tensor::from_data(TensorData::new(values, [points, 2 * bins]), device)
}

/// Windows of `points` samples a quarter apart, none beyond either end; the samples are a multiple of the hop.
/// `[crops, samples] → [crops, windows, points]`
pub fn windows(signal: Tensor<2>, points: usize) -> Tensor<3> {
    let hop = points / OVERLAP;
    let [crops, samples] = signal.dims();
    let hops = signal.reshape([crops, samples / hop, hop]);
    let count = samples / hop - OVERLAP + 1;
    Tensor::cat((0..OVERLAP).map(|part| hops.clone().narrow(1, part, count)).collect(), 2)
}

/// The sum of windows a quarter apart, where the first begins. `[crops, windows, points] → [crops, samples]`
pub fn overlapped(windows: Tensor<3>) -> Tensor<2> {
    let [crops, count, points] = windows.dims();
    let hop = points / OVERLAP;
    let hops = count + OVERLAP - 1;
    let parts = (0..OVERLAP).map(|part| {
        let own = windows.clone().narrow(2, part * hop, hop);
        own.pad((0, 0, part, OVERLAP - 1 - part), 0.0)
    });
    let sum = parts.reduce(|sum, part| sum + part).expect("windows overlap");
    sum.reshape([crops, hops * hop])
}
