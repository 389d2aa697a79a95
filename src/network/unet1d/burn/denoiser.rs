//! The network in burn as samplers see it, on the GPU or the CPU.

use burn::tensor::{Device, Tensor, TensorData};

use super::forward::{Told, UNet1d};
use crate::diffusion::{Condition, Denoiser};
use crate::mel::Mel;
use crate::network::burn::{caught, values};
use crate::network::unet1d::config::UNet1dConfig;
use crate::network::{Backend, Weights};
use crate::{Error, Result};

/// A UNet1d network in burn.
pub struct UNet1dBurn {
    network: UNet1d,
    backend: Backend,
    device: Device,
    condition: Condition,
    batch: usize,
    /// Values of a window.
    values: usize,
}

impl UNet1dBurn {
    /// Places a network with these (validated) weights on `backend`.
    ///
    /// # Errors
    /// Where the device does not answer.
    pub fn new(config: &UNet1dConfig, weights: &Weights, backend: &Backend) -> Result<Self> {
        let device = backend.device()?;
        let network = caught(backend, || config.init(weights, &device))?;
        let (backend, condition) = (backend.clone(), Condition::default());
        Ok(Self { network, backend, device, condition, batch: 0, values: 0 })
    }

    /// One call of the network: from `x`, `[in_channels, samples]`, at level `t` to its prediction, `[out_channels, samples]`.
    ///
    /// # Errors
    /// Where `condition` is not what the network is conditioned on, or the device fails.
    pub fn call(&self, x: &[f32], t: f32, condition: &Condition) -> Result<Vec<f32>> {
        let config = self.network.config();
        config.check_condition(condition)?;
        config.check_lengths(condition, config.check_window(x.len())?)?;
        self.run(x, 1, t, condition)
    }

    /// The same of `batch` windows, after checks.
    fn run(&self, x: &[f32], batch: usize, t: f32, condition: &Condition) -> Result<Vec<f32>> {
        let channels = self.network.config().in_channels;
        let data = TensorData::new(x.to_vec(), [batch, channels, x.len() / batch / channels]);
        let predicted = caught(&self.backend, || {
            let x = Tensor::<3>::from_data(data, &self.device);
            let told = self.told(batch, condition);
            let mut y = self.network.forward(x.clone(), &[t], &told);
            if condition.embedding_scale != 1.0 {
                let length = told.tokens.as_ref().map_or(0, |tokens| tokens.dims()[1]);
                let none = Told { tokens: self.network.no_tokens(batch, length), ..told };
                let masked = self.network.forward(x, &[t], &none);
                y = masked.clone() + (y - masked) * condition.embedding_scale;
            }
            values(y.flatten::<2>(1, 2))
        })?;
        predicted.map_err(|reason| Error::Device { device: self.backend.to_string(), reason })
    }

    /// What a batch of windows is told, each the same.
    fn told(&self, batch: usize, condition: &Condition) -> Told {
        let config = self.network.config();
        let rows = |values: &[f32], rows: usize| {
            let columns = values.len() / rows;
            let data = TensorData::new(values.to_vec(), [1, rows, columns]);
            Tensor::<3>::from_data(data, &self.device).expand([batch, rows, columns])
        };
        let channels = config.context_depths().zip(&condition.channels);
        Told {
            features: config
                .context_features
                .map(|features| rows(&condition.features, features).swap_dims(1, 2).squeeze_dim(1)),
            channels: channels.map(|(depth, signal)| rows(signal, config.context_channels(depth))).collect(),
            tokens: config
                .context_embedding_features
                .map(|features| rows(&condition.embedding, condition.embedding.len() / features)),
        }
    }
}

impl Denoiser for UNet1dBurn {
    fn tell(&mut self, condition: &Condition) -> Result<()> {
        self.network.config().check_condition(condition)?;
        self.condition = condition.clone();
        Ok(())
    }

    fn condition(&mut self, mels: &[&Mel], values: usize) -> Result<()> {
        let config = self.network.config();
        config.check_diffusion()?;
        config.check_condition(&self.condition)?;
        config.check_lengths(&self.condition, config.check_window(values)?)?;
        (self.batch, self.values) = (mels.len(), values);
        Ok(())
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        if x.len() != eps.len() || x.len() != self.batch * self.values {
            let expected = self.batch * self.values;
            return Err(Error::invalid("UNet1d", "values of x", x.len(), expected));
        }
        eps.copy_from_slice(&self.run(x, self.batch, level, &self.condition)?);
        Ok(())
    }
}
