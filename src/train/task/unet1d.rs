//! The task of UNet1d: to find what a network along σ is asked for in noised crops.

use std::ops::Range;
use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use super::learning::{Task, noise, scalar};
use crate::diffusion::Condition;
use crate::model::ModelHeader;
use crate::network::UNet1dConfig;
use crate::network::unet1d::burn::{Told, UNet1d};
use crate::train::config::{SigmaDistribution, TrainingConfig};
use crate::train::data::{Draws, Split};
use crate::train::loss::SigmaLoss;
use crate::train::pairs::{Excerpt, Pairs};
use crate::train::parameters::{Differentiable, unet1d};
use crate::train::state::State;
use crate::{Error, Result};

/// The stream of [`Draws`] that levels come from; the data's own are 0 and 1.
const LEVELS: u32 = 2;

/// Learning along σ: of every crop, noised with a σ of its own, what K-diffusion or V-diffusion asks for.
pub struct UNet1dTask {
    pairs: Arc<Pairs>,
    network: UNet1dConfig,
    loss: SigmaLoss,
    sigmas: SigmaDistribution,
    config: TrainingConfig,
    device: Device,
}

impl UNet1dTask {
    /// The task of `network`, of the model that `header` describes, with crops of `pairs` and σ of `sigmas`.
    ///
    /// # Errors
    /// Where the header's levels are not σ.
    pub fn new(
        config: &TrainingConfig,
        header: &ModelHeader,
        network: &UNet1dConfig,
        sigmas: SigmaDistribution,
        pairs: Arc<Pairs>,
        device: Device,
    ) -> Result<Self> {
        let none = || Error::invalid("training", "diffusion", "none", "levels that are σ");
        let diffusion = header.diffusion.as_ref().ok_or_else(none)?;
        Ok(Self {
            pairs,
            network: network.clone(),
            loss: SigmaLoss::new(diffusion.preconditioning),
            sigmas,
            config: config.clone(),
            device,
        })
    }

    /// The mean loss of `of` over the crops `numbers` of `split`, `[1]`.
    fn loss(&self, of: &UNet1d, split: Split, numbers: Range<u64>) -> Result<Tensor<1>> {
        let samples = self.config.crop_frames * self.network.total_factor();
        let (mut signals, mut gaussians, mut sigmas) = (Vec::new(), Vec::new(), Vec::new());
        let mut conditions = Vec::new();
        for number in numbers {
            let Excerpt { signal, condition, .. } =
                self.pairs.excerpt(split, number, self.config.crop_frames)?;
            signals.extend(signal);
            conditions.push(condition);
            gaussians.extend(noise(self.config.seed, split, number, samples));
            let mut draws = Draws::new(self.config.seed, LEVELS + split as u32, number);
            sigmas.push(self.sigmas.draw(draws.uniform(), draws.uniform()));
        }
        let plane = |values: Vec<f32>| {
            Tensor::<3>::from_data(TensorData::new(values, [conditions.len(), 1, samples]), &self.device)
        };
        let signals = plane(signals);
        let told = self.told(of, &signals, &conditions);
        Ok(self.loss.of(of, &told, [signals, plane(gaussians)], &sigmas))
    }

    /// What the network is told of `signals`, `[crops, 1, samples]`, and of these `conditions` of them.
    fn told(&self, of: &UNet1d, signals: &Tensor<3>, conditions: &[Condition]) -> Told {
        let [crops, _, samples] = signals.dims();
        let flat = |part: &dyn Fn(&Condition) -> &[f32]| {
            conditions.iter().flat_map(|condition| part(condition).iter().copied()).collect::<Vec<f32>>()
        };
        let channels = of.encoded(signals).unwrap_or_else(|| {
            let lower = flat(&|condition| condition.channels.first().map_or(&[], |signal| signal));
            match lower.is_empty() {
                true => Vec::new(),
                false => vec![Tensor::from_data(TensorData::new(lower, [crops, 1, samples]), &self.device)],
            }
        });
        let features = self.network.context_features.map(|features| {
            let values = flat(&|condition| &condition.features);
            Tensor::from_data(TensorData::new(values, [crops, features]), &self.device)
        });
        let tokens = self.network.context_embedding_features.and_then(|features| {
            let known = |condition: &&Condition| !condition.embedding.is_empty();
            let length = conditions.iter().find(known).map_or(1, |known| known.embedding.len() / features);
            let none = of.no_tokens(1, length)?;
            let of_crop = |condition: &Condition| match condition.embedding.clone() {
                tokens if tokens.is_empty() => none.clone(),
                tokens => Tensor::from_data(TensorData::new(tokens, [1, length, features]), &self.device),
            };
            Some(Tensor::cat(conditions.iter().map(of_crop).collect(), 0))
        });
        Told { features, channels, tokens }
    }
}

impl Task for UNet1dTask {
    fn gradient(&self, state: &State, crops: Range<u64>, _: f64) -> Result<(f64, Tensor<1>)> {
        let differentiable = Differentiable::unet1d(&self.network, &state.parameters);
        let loss = self.loss(&differentiable.network, Split::Train, crops)?;
        let gradient = differentiable.gradient(&loss);
        Ok((scalar(loss), gradient))
    }

    fn measure(&self, state: &State, crops: Range<u64>) -> Result<f64> {
        Ok(scalar(self.loss(&unet1d(&self.network, &state.average), Split::Validation, crops)?))
    }
}
