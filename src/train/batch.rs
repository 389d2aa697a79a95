//! A batch of crops, noised: all that a network is told and asked.

use burn::tensor::{Device, Tensor, TensorData};

use crate::mel::Mel;
use crate::network::diffwave::burn::DiffWave;

/// Crops of one length and what was done to them. Rows of `[crops, samples]` lie one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Samples per crop.
    pub samples: usize,
    /// The mel frames of every crop; none without a conditioner.
    pub mels: Vec<Mel>,
    /// The signals in the network's own domain, `[crops, samples]`.
    pub signal: Vec<f32>,
    /// The Gaussians that the network has to find, `[crops, samples]`.
    pub noise: Vec<f32>,
    /// √ᾱ, `[crops]`.
    pub signal_scale: Vec<f32>,
    /// √(1 − ᾱ) times the standard deviation of the prior, `[crops, samples]`.
    pub noise_scale: Vec<f32>,
    /// What the network is told of the noise: real-valued steps, `[crops]`.
    pub levels: Vec<f32>,
    /// What the network is told of the sound: a class, or none for the null label, `[crops]`; empty for a network without
    /// classes.
    pub labels: Vec<Option<usize>>,
}

impl Batch {
    /// Number of crops.
    pub fn crops(&self) -> usize {
        self.levels.len()
    }

    /// `√ᾱ·signal + √(1 − ᾱ)·std·noise` (Ho et al. 2020, equation 4; PriorGrad, equation 5). `[crops, samples]`
    pub fn noised(&self) -> Vec<f32> {
        let scales = self.signal_scale.iter().flat_map(|scale| std::iter::repeat_n(scale, self.samples));
        let scaled = self.signal.iter().zip(scales).map(|(signal, scale)| scale * signal);
        scaled.zip(self.noise.iter().zip(&self.noise_scale)).map(|(s, (z, scale))| s + scale * z).collect()
    }

    /// The mel frames as `network` upsamples them, `[crops, n_mels, samples]`; none without a conditioner.
    pub fn conditioner(&self, network: &DiffWave, device: &Device) -> Option<Tensor<3>> {
        Some(network.upsample(self.mel(device)?).narrow(2, 0, self.samples))
    }

    /// The mel frames, `[crops, n_mels, frames]`, on `device`; none without a conditioner.
    pub fn mel(&self, device: &Device) -> Option<Tensor<3>> {
        let first = self.mels.first()?;
        let shape = [self.mels.len(), first.frames(), first.n_mels()];
        let values: Vec<f32> = self.mels.iter().flat_map(Mel::as_frames).copied().collect();
        Some(Tensor::<3>::from_data(TensorData::new(values, shape), device).swap_dims(1, 2))
    }

    /// A value per sample, `[crops, samples]`, on `device`.
    pub fn plane(&self, values: &[f32], device: &Device) -> Tensor<2> {
        Tensor::from_data(TensorData::new(values.to_vec(), [self.crops(), self.samples]), device)
    }

    /// A value per crop, `[crops, 1]`, on `device`.
    pub fn column(&self, values: &[f32], device: &Device) -> Tensor<2> {
        Tensor::from_data(TensorData::new(values.to_vec(), [self.crops(), 1]), device)
    }

    /// The same crops, all noised to √ᾱ `signal_scale`, which the network is told as `level`; without a prior.
    pub fn renoised(&self, signal_scale: f64, level: f64) -> Self {
        let noise_scale = (1.0 - signal_scale * signal_scale).sqrt() as f32;
        Self {
            signal_scale: vec![signal_scale as f32; self.crops()],
            noise_scale: vec![noise_scale; self.noise.len()],
            levels: vec![level as f32; self.crops()],
            ..self.clone()
        }
    }

    /// Crop `index` alone.
    pub fn crop(&self, index: usize) -> Self {
        let row = index * self.samples..(index + 1) * self.samples;
        Self {
            samples: self.samples,
            mels: self.mels.get(index).cloned().into_iter().collect(),
            signal: self.signal[row.clone()].to_vec(),
            noise: self.noise[row.clone()].to_vec(),
            signal_scale: vec![self.signal_scale[index]],
            noise_scale: self.noise_scale[row].to_vec(),
            levels: vec![self.levels[index]],
            labels: self.labels.get(index).copied().into_iter().collect(),
        }
    }
}
