//! What a training makes small.

mod mel_distance;
mod shaped;
mod sigma;
mod sound;
mod spectral;
mod stft;
mod transform;
mod variational;

pub use mel_distance::MelDistance;
pub use sigma::SigmaLoss;
pub use sound::{Sound, Spectra};
pub use spectral::SpectralLoss;
pub use variational::VariationalLoss;

use burn::tensor::{Device, Tensor};

use super::batch::Batch;
use super::config::{Loss, TrainingConfig};
use crate::model::ModelHeader;
use crate::network::diffwave::burn::DiffWave;
use shaped::ShapingFilter;

/// The loss of a prediction of noise (Ho et al. 2020, equation 14; DiffWave, algorithm 1), with the multi-resolution
/// STFT loss of the signal that the prediction implies, in the network's own domain and after the prior's filter.
pub struct NoiseLoss {
    norm: Loss,
    spectral_weight: f64,
    spectral: SpectralLoss,
    /// The weight of the loss on the filtered signal and the filter, where the model has one.
    shaped: Option<(f64, ShapingFilter)>,
}

impl NoiseLoss {
    /// The loss that `config` weighs, of the model that `header` describes, on `device`.
    pub fn new(config: &TrainingConfig, header: &ModelHeader, device: &Device) -> Self {
        let shaped = header.filter().filter(|_| config.shaped_weight > 0.0);
        let shaped = shaped.map(|filter| (config.shaped_weight, ShapingFilter::new(filter, device)));
        let (norm, spectral_weight) = (config.loss, config.spectral_weight);
        Self { norm, spectral_weight, spectral: SpectralLoss::new(device), shaped }
    }

    /// The mean loss of `network` over a batch, `[1]`.
    pub fn of(&self, network: &DiffWave, batch: &Batch, device: &Device) -> Tensor<1> {
        let plane = |values: &[f32]| batch.plane(values, device);
        let (noise, x, noise_scale) = (plane(&batch.noise), plane(&batch.noised()), plane(&batch.noise_scale));
        let conditioner = batch.conditioner(network, device);
        let predicted = network.forward(x.clone(), &batch.levels, conditioner.as_ref(), &batch.labels);
        let difference = predicted.clone() - noise;
        let mut loss = match self.norm {
            Loss::L1 => difference.abs().mean(),
            Loss::L2 => difference.square().mean(),
        };
        if self.spectral_weight == 0.0 && self.shaped.is_none() {
            return loss;
        }
        let implied = (x - noise_scale * predicted) / batch.column(&batch.signal_scale, device);
        let signal = plane(&batch.signal);
        if let Some((weight, filter)) = &self.shaped {
            let gains = filter.gains(&batch.mels, batch.samples);
            let [implied, signal] = [&implied, &signal].map(|x| filter.shape(x.clone(), gains.clone()));
            loss = loss + self.spectral.of(implied, signal) * *weight;
        }
        if self.spectral_weight > 0.0 {
            loss = loss + self.spectral.of(implied, signal) * self.spectral_weight;
        }
        loss
    }
}
