//! The multi-resolution STFT loss (Yamamoto, Song and Kim, "Parallel WaveGAN", 2020).

use burn::tensor::{Device, Tensor};

use super::transform::Transform;

/// Points of the transforms; each hops by a quarter.
const POINTS: [usize; 3] = [256, 512, 1024];
/// Added to the power: the logarithm of silence, and its gradient, stay finite.
const POWER_FLOOR: f64 = 1e-7;
/// Least norm of a reference that differences are measured by.
const NORM_FLOOR: f64 = 0.1;

/// Mean over three resolutions of the L1 distance of log magnitudes and of the spectral convergence
/// ‖|X| − |Y|‖/‖|Y|‖.
pub struct SpectralLoss {
    transforms: Vec<Transform>,
}

impl SpectralLoss {
    /// The loss on `device`.
    pub fn new(device: &Device) -> Self {
        Self { transforms: POINTS.iter().map(|points| Transform::new(*points, device)).collect() }
    }

    /// The loss of `signal` against `reference`, `[crops, samples]` each, the samples a multiple of 256. `[1]`
    ///
    /// A resolution whose transform is longer than the crops is left out.
    pub fn of(&self, signal: Tensor<2>, reference: Tensor<2>) -> Tensor<1> {
        let samples = signal.dims()[1];
        let fitting = self.transforms.iter().filter(|transform| transform.points() <= samples);
        let losses = fitting.map(|transform| {
            let ours = transform.magnitudes(signal.clone(), POWER_FLOOR);
            let theirs = transform.magnitudes(reference.clone(), POWER_FLOOR);
            let norm = theirs.clone().square().sum().sqrt().clamp_min(NORM_FLOOR);
            let convergence = (ours.clone() - theirs.clone()).square().sum().sqrt() / norm;
            convergence + (ours.log() - theirs.log()).abs().mean()
        });
        let losses: Vec<Tensor<1>> = losses.collect();
        Tensor::cat(losses, 0).mean()
    }
}
