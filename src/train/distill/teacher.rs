//! The teacher of a distillation.

use std::path::PathBuf;

use burn::tensor::{Device, Tensor};

use super::signal::{sigma, values};
use super::{consistency, progressive};
use crate::checkpoint;
use crate::diffusion::{SamplerKind, Schedule};
use crate::model::{Model, ModelHeader};
use crate::network::diffwave::burn::DiffWave;
use crate::train::batch::Batch;
use crate::train::config::DistillConfig;
use crate::train::differences::{differences, listed};
use crate::train::levels::Levels;
use crate::{Error, Result};

/// What a student learns of its teacher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// To take several of its steps in one.
    Progressive,
    /// To find the same signal from every level of one of its paths.
    Consistency,
}

/// A trained model that another one learns from.
pub struct Teacher {
    path: PathBuf,
    model: Model,
    network: DiffWave,
    training: Schedule,
    lesson: Lesson,
    /// √ᾱ of the levels that the student learns, from the least noise to the most.
    levels: Vec<f64>,
    /// √ᾱ of the steps in which the student samples, in the same order.
    steps: Vec<f64>,
    /// Steps that the teacher takes from one level to the next.
    substeps: usize,
    device: Device,
}

impl Teacher {
    /// The teacher that `config` names, on `device`.
    ///
    /// # Errors
    /// Where its file cannot be read.
    pub fn open(config: &DistillConfig, lesson: Lesson, device: &Device) -> Result<Self> {
        let model = checkpoint::load(&config.teacher, None)?;
        let header = model.header();
        let network = header.network.diffwave("distill.teacher")?.init(model.weights(), device);
        let training = Schedule::from_betas(header.training_betas.clone())?;
        let inference = Schedule::from_betas(header.inference_betas.clone())?;
        let (levels, steps, substeps) = match lesson {
            Lesson::Progressive => progressive::levels(&inference, config.steps)?,
            Lesson::Consistency => consistency::levels(&inference, config.steps),
        };
        let path = config.teacher.clone();
        Ok(Self { path, model, network, training, lesson, levels, steps, substeps, device: device.clone() })
    }

    /// The student: the teacher with `steps` steps, under the name and provenance of `header`, which has to describe
    /// the same network.
    ///
    /// # Errors
    /// Names the fields in which it describes another model.
    pub fn student(&self, header: &ModelHeader) -> Result<ModelHeader> {
        let own = self.model.header();
        // The student learns on the teacher's schedule, whatever its own says.
        let header = &ModelHeader { training_betas: own.training_betas.clone(), ..header.clone() };
        if let Some(differences) = listed(&differences(header, own)) {
            return Err(Error::unreadable(
                &self.path,
                format!("a student is what its teacher is: {differences}"),
            ));
        }
        let mut previous = 1.0;
        let betas = self.steps.iter().map(|level| {
            let alpha_bar = level * level;
            let beta = 1.0 - alpha_bar / previous;
            previous = alpha_bar;
            beta
        });
        let inference_betas = betas.collect();
        let sampler = match self.lesson {
            Lesson::Progressive => SamplerKind::Ancestral,
            Lesson::Consistency => SamplerKind::Consistency,
        };
        Ok(ModelHeader { inference_betas, sampler, card: header.card.clone(), ..own.clone() })
    }

    /// The levels that the student learns.
    pub fn levels(&self) -> Levels {
        Levels::of(self.training.clone(), self.levels.clone())
    }

    /// The teacher's model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Makes the batch one that the student learns from: its signals become what the student is to find in the noisy
    /// ones, and its noise what is left of these. `target` is the student as it is on average.
    ///
    /// Where the noise is largest it is all there is, as in sampling.
    pub fn teach(&self, batch: &mut Batch, target: &DiffWave) {
        let steps: Vec<[f64; 2]> =
            batch.signal_scale.iter().map(|scale| self.step(f64::from(*scale))).collect();
        let top = self.levels[self.levels.len() - 1];
        let mut x = batch.noised();
        let samples = batch.samples;
        let (rows, crop) = (0..batch.crops() * samples, |index: usize| index / samples);
        let std: Vec<f32> =
            rows.clone().map(|i| batch.noise_scale[i] / sigma(steps[crop(i)][0]) as f32).collect();
        for i in rows.clone().filter(|i| steps[crop(*i)][0] <= top) {
            x[i] = std[i] * batch.noise[i];
        }
        let arrived = self.descend(batch, &x, &std, &steps);
        batch.signal = match self.lesson {
            Lesson::Progressive => progressive::one_step(batch, &x, arrived, &steps),
            Lesson::Consistency => self.consistent(batch, arrived, &std, &steps, target),
        };
        for i in rows {
            batch.noise[i] = (x[i] - batch.signal_scale[crop(i)] * batch.signal[i]) / batch.noise_scale[i];
        }
    }

    /// The level that is nearest to `scale`, and the next one down; below the last there is no noise.
    fn step(&self, scale: f64) -> [f64; 2] {
        let distance = |index: &usize| (self.levels[*index] - scale).abs();
        let index = (0..self.levels.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0);
        [self.levels[index], if index == 0 { 1.0 } else { self.levels[index - 1] }]
    }

    /// Deterministic steps (DDIM, Song et al. 2021, equation 12 with σ = 0) of every crop along its own levels,
    /// evenly spaced in the angle between signal and noise. `[crops, samples]`
    fn descend(&self, batch: &Batch, x: &[f32], std: &[f32], steps: &[[f64; 2]]) -> Tensor<2> {
        let angle = |[from, to]: [f64; 2], part: usize| {
            let (from, to) = (from.acos(), to.min(1.0).acos());
            from + (to - from) * part as f64 / self.substeps as f64
        };
        let column = |part: usize, of: fn(f64) -> f64| {
            batch.column(
                &steps.iter().map(|step| of(angle(*step, part)) as f32).collect::<Vec<_>>(),
                &self.device,
            )
        };
        let conditioner = batch.conditioner(&self.network, &self.device);
        let (mut x, std) = (batch.plane(x, &self.device), batch.plane(std, &self.device));
        for part in 0..self.substeps {
            let levels: Vec<f32> =
                steps.iter().map(|step| self.training.align(angle(*step, part).cos().powi(2)) as f32).collect();
            let noise =
                self.network.forward(x.clone(), &levels, conditioner.as_ref(), &batch.labels) * std.clone();
            let signal = (x - noise.clone() * column(part, f64::sin)) / column(part, f64::cos);
            x = signal * column(part + 1, f64::cos) + noise * column(part + 1, f64::sin);
        }
        x
    }

    /// The signals that `target` finds in what has `arrived` one level down (algorithm 2, θ⁻); where that is none at
    /// all, what has arrived is the signal. `[crops, samples]`
    fn consistent(
        &self,
        batch: &Batch,
        arrived: Tensor<2>,
        std: &[f32],
        steps: &[[f64; 2]],
        target: &DiffWave,
    ) -> Vec<f32> {
        let column = |of: fn(f64) -> f64| {
            batch.column(&steps.iter().map(|[_, to]| of(*to) as f32).collect::<Vec<_>>(), &self.device)
        };
        let levels: Vec<f32> = steps.iter().map(|[_, to]| self.training.align(to * to) as f32).collect();
        let conditioner = batch.conditioner(target, &self.device);
        let noise = target.forward(arrived.clone(), &levels, conditioner.as_ref(), &batch.labels);
        let noise = noise * batch.plane(std, &self.device);
        values((arrived - noise * column(sigma)) / column(|to| to))
    }
}
