//! The task of WaveGrad: crops noised to continuous levels, of which the noise is to be found.

use std::ops::Range;
use std::sync::Arc;

use burn::tensor::{Device, Tensor};

use super::learning::{Task, noise, scalar};
use crate::Result;
use crate::model::ModelHeader;
use crate::network::WaveGradConfig;
use crate::network::wavegrad::burn::WaveGrad;
use crate::train::batch::Batch;
use crate::train::config::{self, Loss, TrainingConfig};
use crate::train::data::Split;
use crate::train::levels::Levels;
use crate::train::pairs::{Excerpt, Pairs};
use crate::train::parameters::{Differentiable, wavegrad};
use crate::train::state::State;

/// Learning to find noise (Chen et al. 2020, algorithm 1): the mean absolute difference, at levels drawn continuously.
pub struct WaveGradTask {
    pairs: Arc<Pairs>,
    network: WaveGradConfig,
    levels: Levels,
    config: TrainingConfig,
    device: Device,
}

impl WaveGradTask {
    /// The task of `network`, of the model that `header` describes, with crops of `pairs`.
    ///
    /// # Errors
    /// Where the header's schedules are none.
    pub fn new(
        config: &TrainingConfig,
        header: &ModelHeader,
        network: &WaveGradConfig,
        pairs: Arc<Pairs>,
        device: Device,
    ) -> Result<Self> {
        let config = TrainingConfig { levels: config::Levels::Wavegrad, ..config.clone() };
        Ok(Self { pairs, network: network.clone(), levels: Levels::new(header, &config)?, config, device })
    }

    /// The crops `numbers` of `split`, each noised to a level of its own.
    fn batch(&self, split: Split, numbers: Range<u64>) -> Result<Batch> {
        let frames = self.config.crop_frames;
        let samples = frames * self.network.hop();
        let mut batch = Batch { samples, ..Batch::default() };
        for number in numbers {
            let Excerpt { signal, mel, .. } = self.pairs.excerpt(split, number, frames)?;
            let signal_scale = self.levels.of_crop(&self.config, split, number).signal_scale;
            let noise_scale = (1.0 - signal_scale * signal_scale).sqrt() as f32;
            batch.noise.extend(noise(self.config.seed, split, number, samples));
            batch.signal.extend(signal);
            batch.noise_scale.extend(std::iter::repeat_n(noise_scale, samples));
            batch.signal_scale.push(signal_scale as f32);
            batch.levels.push(signal_scale as f32);
            batch.mels.push(mel);
        }
        Ok(batch)
    }

    /// The mean loss of `network` over a batch, `[1]`.
    fn loss(&self, network: &WaveGrad, batch: &Batch) -> Tensor<1> {
        let [x, noise] = [&batch.noised(), &batch.noise].map(|values| batch.plane(values, &self.device));
        let mel = batch.mel(&self.device).expect("a WaveGrad has a conditioner");
        let difference = network.forward(x, &batch.levels, mel) - noise;
        match self.config.loss {
            Loss::L1 => difference.abs().mean(),
            Loss::L2 => difference.square().mean(),
        }
    }
}

impl Task for WaveGradTask {
    fn gradient(&self, state: &State, crops: Range<u64>, _: f64) -> Result<(f64, Tensor<1>)> {
        let batch = self.batch(Split::Train, crops)?;
        let differentiable = Differentiable::wavegrad(&self.network, &state.parameters);
        let loss = self.loss(&differentiable.network, &batch);
        let gradient = differentiable.gradient(&loss);
        Ok((scalar(loss), gradient))
    }

    fn measure(&self, state: &State, crops: Range<u64>) -> Result<f64> {
        let batch = self.batch(Split::Validation, crops)?;
        Ok(scalar(self.loss(&wavegrad(&self.network, &state.average), &batch)))
    }
}
