//! The network in burn as samplers see it, on the GPU or the CPU.

use burn::tensor::{Device, Tensor, TensorData};

use super::forward::{BandWave, Inputs};
use crate::diffusion::{CausalDenoiser, Denoiser, History, Prediction};
use crate::mel::{Dialect, Mel};
use crate::network::bandwave::conditioning::Conditioning;
use crate::network::bandwave::config::BandWaveConfig;
use crate::network::burn::{caught, values};
use crate::network::{Backend, Weights};
use crate::{Error, Result};

/// A BandWave network in burn.
pub struct BandWaveBurn {
    network: BandWave,
    backend: Backend,
    device: Device,
    conditioning: Conditioning,
    look_ahead: usize,
    inputs: Option<Inputs>,
    batch: usize,
    frames: usize,
}

impl BandWaveBurn {
    /// Places a network with these (validated) weights, conditioned on mel frames of `dialect`, on `backend`.
    ///
    /// # Errors
    /// Where the device does not answer.
    pub fn new(
        config: &BandWaveConfig,
        weights: &Weights,
        dialect: &Dialect,
        backend: &Backend,
    ) -> Result<Self> {
        let device = backend.device()?;
        Ok(Self {
            network: caught(backend, || config.init(weights, &device))?,
            backend: backend.clone(),
            conditioning: Conditioning::new(config, dialect),
            look_ahead: config.look_ahead,
            inputs: None,
            batch: 0,
            frames: 0,
            device,
        })
    }

    /// Histories, one per window, as the network takes them: each is one layer's frames after the other.
    fn placed(&self, histories: &[&mut History]) -> Vec<Tensor<4>> {
        let mut start = 0;
        let shapes = self.network.history_shapes(self.batch).into_iter();
        let layers = shapes.map(|shape| {
            let range = start..start + shape[1..].iter().product::<usize>();
            start = range.end;
            let values: Vec<f32> =
                histories.iter().flat_map(|history| &history.values()[range.clone()]).copied().collect();
            Tensor::from_data(TensorData::new(values, shape), &self.device)
        });
        layers.collect()
    }
}

impl Denoiser for BandWaveBurn {
    fn predicts(&self) -> Prediction {
        Prediction::Signal
    }

    fn look_ahead(&mut self, frames: usize) {
        self.look_ahead = frames.min(self.network.config().look_ahead);
    }

    fn condition(&mut self, mels: &[&Mel], values: usize) -> Result<()> {
        self.condition_after(mels, 0, values)
    }

    fn predict(&mut self, x: &[f32], level: f32, x0: &mut [f32]) -> Result<()> {
        self.predict_after(x, level, x0, &mut [])
    }

    fn causal(&mut self) -> Option<&mut dyn CausalDenoiser> {
        Some(self)
    }
}

impl CausalDenoiser for BandWaveBurn {
    fn new_history(&self) -> History {
        let shapes = self.network.history_shapes(1);
        History::zeros(shapes.iter().map(|shape| shape.iter().product::<usize>()).sum())
    }

    fn condition_after(&mut self, mels: &[&Mel], skip: usize, values: usize) -> Result<()> {
        let config = self.network.config();
        let [skip, frames] = [skip, values].map(|values| values / config.frame_values());
        (self.batch, self.frames) = (mels.len(), frames);
        self.conditioning.clear();
        mels.iter().for_each(|mel| self.conditioning.take(mel, skip..skip + frames, self.look_ahead));
        let (conditioning, device) = (&self.conditioning, &self.device);
        let inputs = caught(&self.backend, || {
            Inputs::new(config, [mels.len(), frames], &conditioning.log_envelopes, &conditioning.rows, device)
        })?;
        self.inputs = Some(inputs);
        Ok(())
    }

    fn predict_after(
        &mut self,
        x: &[f32],
        level: f32,
        x0: &mut [f32],
        histories: &mut [&mut History],
    ) -> Result<()> {
        let Some(inputs) = &self.inputs else {
            return Err(Error::invalid("network", "condition", "none", "one before the first prediction"));
        };
        let shape = [self.batch, self.frames, self.network.config().frame_values()];
        let data = TensorData::new(x.to_vec(), shape);
        let predicted = caught(&self.backend, || {
            let mut layers = if histories.is_empty() { Vec::new() } else { self.placed(histories) };
            let x = Tensor::from_data(data, &self.device);
            let kept = (!layers.is_empty()).then_some(&mut layers[..]);
            let found = self.network.forward(x, inputs, &[level], kept);
            let layers = layers.into_iter().map(|layer| values(layer.flatten::<2>(1, 3)));
            Ok((values(found.flatten::<2>(1, 2))?, layers.collect::<Result<Vec<_>, String>>()?))
        })?;
        let failed = |reason: String| Error::Device { device: self.backend.to_string(), reason };
        let (found, layers) = predicted.map_err(failed)?;
        x0.copy_from_slice(&found);
        let mut start = 0;
        for layer in layers {
            let length = layer.len() / self.batch;
            for (history, values) in histories.iter_mut().zip(layer.chunks_exact(length)) {
                history.values_mut()[start..start + length].copy_from_slice(values);
            }
            start += length;
        }
        Ok(())
    }
}
