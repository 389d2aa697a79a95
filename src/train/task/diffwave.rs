//! The task of DiffWave: crops noised to random levels, of which the noise is to be found.

use std::ops::Range;
use std::sync::Arc;

use burn::tensor::{Device, Tensor};

use super::criterion::Criterion;
use super::learning::{Task, noise, scalar};
use crate::Result;
use crate::domain::Prior;
use crate::mel::Mel;
use crate::model::ModelHeader;
use crate::network::DiffWaveConfig;
use crate::train::batch::Batch;
use crate::train::config::{Objective, TrainConfig, TrainingConfig};
use crate::train::data::Split;
use crate::train::distill::Teacher;
use crate::train::levels::{Level, Levels};
use crate::train::pairs::{Excerpt, Pairs};
use crate::train::parameters::{Differentiable, network};
use crate::train::state::State;

/// Learning to find noise.
pub struct DiffWaveTask {
    pairs: Arc<Pairs>,
    header: ModelHeader,
    network: DiffWaveConfig,
    levels: Levels,
    criterion: Criterion,
    config: TrainingConfig,
    teacher: Option<Teacher>,
    device: Device,
}

impl DiffWaveTask {
    /// The task of `network`, of the model that `header` describes, with crops of `pairs` and a teacher where there is one.
    pub fn new(
        config: &TrainConfig,
        header: &ModelHeader,
        network: &DiffWaveConfig,
        pairs: Arc<Pairs>,
        teacher: Option<Teacher>,
        device: Device,
    ) -> Result<Self> {
        let training = &config.training;
        let levels = match &teacher {
            Some(teacher) => teacher.levels(),
            None if training.objective == Objective::Variational => Levels::every(config.schedule.training()?),
            None => Levels::new(header, training)?,
        };
        Ok(Self {
            pairs,
            header: header.clone(),
            network: network.clone(),
            levels,
            criterion: Criterion::new(training, header, &device)?,
            config: training.clone(),
            teacher,
            device,
        })
    }

    /// The crops `numbers` of `split`, each noised to a level of its own; a teacher, where there is one, has made them its
    /// own with the student as it is on average.
    fn batch(&self, split: Split, numbers: Range<u64>, average: &Tensor<1>) -> Result<Batch> {
        let samples = self.config.crop_frames * DiffWaveConfig::HOP;
        let mut batch = Batch { samples, ..Batch::default() };
        for number in numbers {
            let Excerpt { signal, mel, class, .. } =
                self.pairs.excerpt(split, number, self.config.crop_frames)?;
            let std = self.std(&mel, samples);
            let Level { signal_scale, step } = self.levels.of_crop(&self.config, split, number);
            let noise_scale = (1.0 - signal_scale * signal_scale).sqrt() as f32;
            batch.noise.extend(noise(self.config.seed, split, number, samples));
            batch.signal.extend(signal);
            batch.noise_scale.extend(std.iter().map(|std| noise_scale * std));
            batch.signal_scale.push(signal_scale as f32);
            batch.levels.push(step as f32);
            batch.labels.extend((self.header.network.classes() > 0).then_some(class));
            batch.mels.extend(self.header.dialect.is_some().then_some(mel));
        }
        if let Some(teacher) = &self.teacher {
            teacher.teach(&mut batch, &network(&self.network, average));
        }
        Ok(batch)
    }

    /// Standard deviation of the noise, `[samples]`.
    fn std(&self, mel: &Mel, samples: usize) -> Vec<f32> {
        match (&self.header.prior, &self.header.dialect) {
            (Some(Prior::Energy(prior)), Some(dialect)) => prior.std(mel, dialect),
            _ => vec![1.0; samples],
        }
    }
}

impl Task for DiffWaveTask {
    fn gradient(&self, state: &State, crops: Range<u64>, _: f64) -> Result<(f64, Tensor<1>)> {
        let batch = self.batch(Split::Train, crops, &state.average)?;
        let scale = state.scale.value();
        let differentiable = Differentiable::new(&self.network, &state.parameters, self.config.precision);
        let loss = self.criterion.loss(&differentiable.network, &batch, &self.device);
        let gradient = differentiable.gradient(&(loss.clone() * scale));
        Ok((scalar(loss), gradient / scale))
    }

    fn measure(&self, state: &State, crops: Range<u64>) -> Result<f64> {
        let batch = self.batch(Split::Validation, crops, &state.average)?;
        Ok(scalar(self.criterion.measure(&network(&self.network, &state.average), &batch, &self.device)))
    }
}
