//! The network in burn as samplers see it, on the GPU or the CPU.

use burn::tensor::{Device, Tensor, TensorData};

use super::forward::DiffWave;
use crate::diffusion::Denoiser;
use crate::mel::Mel;
use crate::network::burn::{caught, values};
use crate::network::diffwave::config::DiffWaveConfig;
use crate::network::{Backend, Weights};
use crate::{Error, Result};

/// A DiffWave network in burn.
pub struct DiffWaveBurn {
    network: DiffWave,
    backend: Backend,
    device: Device,
    conditioner: Option<Tensor<3>>,
    /// What the last prediction says of variances, where the network learns them.
    variances: Option<Vec<f32>>,
    labels: Vec<Option<usize>>,
    batch: usize,
    samples: usize,
}

impl DiffWaveBurn {
    /// Places a network with these (validated) weights on `backend`.
    ///
    /// # Errors
    /// Where the device does not answer.
    pub fn new(config: &DiffWaveConfig, weights: &Weights, backend: &Backend) -> Result<Self> {
        let device = backend.device()?;
        let network = caught(backend, || config.init(weights, &device))?;
        Ok(Self {
            network,
            backend: backend.clone(),
            device,
            conditioner: None,
            variances: None,
            labels: Vec::new(),
            batch: 0,
            samples: 0,
        })
    }
}

impl Denoiser for DiffWaveBurn {
    fn label(&mut self, labels: &[Option<usize>]) -> Result<()> {
        self.network.config().check_labels(labels, labels.len())?;
        self.labels = labels.to_vec();
        Ok(())
    }

    fn condition(&mut self, mels: &[&Mel], samples: usize) -> Result<()> {
        self.network.config().check_labels(&self.labels, mels.len())?;
        (self.batch, self.samples) = (mels.len(), samples);
        let Some(n_mels) = self.network.config().n_mels else {
            self.conditioner = None;
            return Ok(());
        };
        let frames = mels.first().map_or(0, |mel| mel.frames());
        // Frames in rows go in as they are; the network wants bands in rows.
        let data: Vec<f32> = mels.iter().flat_map(|mel| mel.as_frames()).copied().collect();
        let data = TensorData::new(data, [mels.len(), frames, n_mels]);
        let (network, device) = (&self.network, &self.device);
        let upsampled = caught(&self.backend, || {
            let mel = Tensor::<3>::from_data(data, device).swap_dims(1, 2);
            let upsampled = network.upsample(mel);
            let length = upsampled.dims()[2];
            // A formulation with a short upsampler leaves the last samples of a window without a conditioner.
            let missing = samples.saturating_sub(length);
            if missing > 0 { upsampled.pad((0, missing, 0, 0), 0.0) } else { upsampled.narrow(2, 0, samples) }
        })?;
        self.conditioner = Some(upsampled);
        Ok(())
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        let data = TensorData::new(x.to_vec(), [self.batch, self.samples]);
        let (network, device) = (&self.network, &self.device);
        let (conditioner, labels) = (self.conditioner.as_ref(), &self.labels);
        let predicted = caught(&self.backend, || {
            let x = Tensor::<2>::from_data(data, device);
            let (noise, variances) = network.predict(x, &[level], conditioner, labels);
            Ok((values(noise)?, variances.map(values).transpose()?))
        })?;
        let failed = |reason: String| Error::Device { device: self.backend.to_string(), reason };
        let (noise, variances) = predicted.map_err(failed)?;
        eps.copy_from_slice(&noise);
        self.variances = variances;
        Ok(())
    }

    fn variances(&self) -> Option<&[f32]> {
        self.variances.as_deref()
    }
}
