//! The multi-resolution STFT loss (Yamamoto, Song and Kim, "Parallel WaveGAN", 2020).

use std::f64::consts::TAU;

use burn::tensor::{Device, Tensor, TensorData};

/// Points of the transforms; each hops by a quarter.
const POINTS: [usize; 3] = [256, 512, 1024];
/// Hops per transform.
const OVERLAP: usize = 4;
/// Added to the power: the logarithm of silence, and its gradient, stay finite.
const POWER_FLOOR: f64 = 1e-7;
/// Least norm of a reference that differences are measured by.
const NORM_FLOOR: f64 = 0.1;

/// Mean over three resolutions of the L1 distance of log magnitudes and of the spectral convergence
/// ‖|X| − |Y|‖/‖|Y|‖.
///
/// A transform is a matrix product here, so that every backend has its gradient.
pub struct SpectralLoss {
    /// `[points, 2 · bins]`: cosines and sines under a periodic Hann window.
    bases: Vec<Tensor<2>>,
}

impl SpectralLoss {
    /// The loss on `device`.
    pub fn new(device: &Device) -> Self {
        Self { bases: POINTS.iter().map(|points| basis(*points, device)).collect() }
    }

    /// The loss of `signal` against `reference`, `[crops, samples]` each, the samples a multiple of 256. `[1]`
    ///
    /// A resolution whose transform is longer than the crops is left out.
    pub fn of(&self, signal: Tensor<2>, reference: Tensor<2>) -> Tensor<1> {
        let samples = signal.dims()[1];
        let fitting = self.bases.iter().filter(|basis| basis.dims()[0] <= samples);
        let losses = fitting.map(|basis| {
            let ours = magnitudes(signal.clone(), basis);
            let theirs = magnitudes(reference.clone(), basis);
            let norm = theirs.clone().square().sum().sqrt().clamp_min(NORM_FLOOR);
            let convergence = (ours.clone() - theirs.clone()).square().sum().sqrt() / norm;
            convergence + (ours.log() - theirs.log()).abs().mean()
        });
        let losses: Vec<Tensor<1>> = losses.collect();
        Tensor::cat(losses, 0).mean()
    }
}

/// Magnitudes of all frames. `[crops, samples] → [crops, frames, bins]`
fn magnitudes(signal: Tensor<2>, basis: &Tensor<2>) -> Tensor<3> {
    let [points, columns] = basis.dims();
    let hop = points / OVERLAP;
    let [crops, samples] = signal.dims();
    let hops = signal.reshape([crops, samples / hop, hop]);
    let frames = samples / hop - OVERLAP + 1;
    let parts = (0..OVERLAP).map(|part| hops.clone().narrow(1, part, frames)).collect();
    let bins = Tensor::cat(parts, 2).matmul(basis.clone().unsqueeze_dim(0));
    let [real, imaginary] = [0, columns / 2].map(|start| bins.clone().narrow(2, start, columns / 2).square());
    (real + imaginary + POWER_FLOOR).sqrt()
}

fn basis(points: usize, device: &Device) -> Tensor<2> {
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
