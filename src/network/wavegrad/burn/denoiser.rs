//! The network in burn as samplers see it, on the GPU or the CPU.

use burn::tensor::{Device, Tensor, TensorData};

use super::forward::WaveGrad;
use crate::diffusion::Denoiser;
use crate::mel::Mel;
use crate::network::burn::{caught, values};
use crate::network::wavegrad::config::WaveGradConfig;
use crate::network::{Backend, Weights};
use crate::{Error, Result};

/// A WaveGrad network in burn.
pub struct WaveGradBurn {
    network: WaveGrad,
    backend: Backend,
    device: Device,
    /// The mel frames of the batch, `[batch, n_mels, frames]`.
    mel: Option<Tensor<3>>,
    batch: usize,
    samples: usize,
}

impl WaveGradBurn {
    /// Places a network with these (validated) weights on `backend`.
    ///
    /// # Errors
    /// Where the device does not answer.
    pub fn new(config: &WaveGradConfig, weights: &Weights, backend: &Backend) -> Result<Self> {
        let device = backend.device()?;
        let network = caught(backend, || config.init(weights, &device))?;
        Ok(Self { network, backend: backend.clone(), device, mel: None, batch: 0, samples: 0 })
    }
}

impl Denoiser for WaveGradBurn {
    fn condition(&mut self, mels: &[&Mel], samples: usize) -> Result<()> {
        let config = self.network.config();
        config.check_batch("burn", mels, samples)?;
        (self.batch, self.samples) = (mels.len(), samples);
        // Frames in rows go in as they are; the network wants bands in rows.
        let data: Vec<f32> = mels.iter().flat_map(|mel| mel.as_frames()).copied().collect();
        let data = TensorData::new(data, [mels.len(), samples / config.hop(), config.n_mels]);
        let device = &self.device;
        self.mel = Some(caught(&self.backend, || Tensor::<3>::from_data(data, device).swap_dims(1, 2))?);
        Ok(())
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        let expected = self.batch * self.samples;
        for (field, found) in [("samples of x", x.len()), ("samples of eps", eps.len())] {
            if found != expected {
                return Err(Error::invalid("burn", field, found, expected));
            }
        }
        let Some(mel) = self.mel.clone().filter(|_| expected > 0) else { return Ok(()) };
        let data = TensorData::new(x.to_vec(), [self.batch, self.samples]);
        let (network, device) = (&self.network, &self.device);
        let predicted = caught(&self.backend, || {
            values(network.forward(Tensor::<2>::from_data(data, device), &[level], mel))
        })?;
        let failed = |reason: String| Error::Device { device: self.backend.to_string(), reason };
        eps.copy_from_slice(&predicted.map_err(failed)?);
        Ok(())
    }
}
