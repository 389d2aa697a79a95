//! What a training makes small.

mod spectral;

pub use spectral::SpectralLoss;

use burn::tensor::{Device, Tensor, TensorData};

use super::batch::Batch;
use super::config::Loss;
use crate::network::DiffWave;

/// The loss of a prediction of noise (Ho et al. 2020, equation 14; DiffWave, algorithm 1), with the multi-resolution
/// STFT loss of the signal that the prediction implies.
pub struct NoiseLoss {
    norm: Loss,
    spectral_weight: f64,
    spectral: SpectralLoss,
}

impl NoiseLoss {
    /// The loss on `device`.
    pub fn new(norm: Loss, spectral_weight: f64, device: &Device) -> Self {
        Self { norm, spectral_weight, spectral: SpectralLoss::new(device) }
    }

    /// The mean loss of `network` over a batch, `[1]`.
    pub fn of(&self, network: &DiffWave, batch: &Batch, device: &Device) -> Tensor<1> {
        let (crops, samples) = (batch.crops(), batch.samples);
        let plane =
            |values: &[f32]| Tensor::<2>::from_data(TensorData::new(values.to_vec(), [crops, samples]), device);
        let (noise, x, noise_scale) = (plane(&batch.noise), plane(&batch.noised()), plane(&batch.noise_scale));
        let conditioner = batch.conditioner(device).map(|mel| network.upsample(mel).narrow(2, 0, samples));
        let predicted = network.forward(x.clone(), &batch.levels, conditioner.as_ref(), &batch.labels);
        let difference = predicted.clone() - noise;
        let loss = match self.norm {
            Loss::L1 => difference.abs().mean(),
            Loss::L2 => difference.square().mean(),
        };
        if self.spectral_weight == 0.0 {
            return loss;
        }
        let signal_scale =
            Tensor::<2>::from_data(TensorData::new(batch.signal_scale.clone(), [crops, 1]), device);
        let implied = (x - noise_scale * predicted) / signal_scale;
        loss + self.spectral.of(implied, plane(&batch.signal)) * self.spectral_weight
    }
}
