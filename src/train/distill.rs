//! Progressive distillation (Salimans and Ho 2022): a student learns to do in one step what its teacher does in
//! several.

use burn::tensor::{Device, Tensor, TensorData};

use super::batch::Batch;
use super::config::DistillConfig;
use super::levels::Levels;
use crate::checkpoint;
use crate::diffusion::Schedule;
use crate::model::{Model, ModelHeader};
use crate::network::DiffWave;
use crate::{Error, Result};

/// Fewest steps of the teacher for one of the student's.
const LEAST_SUBSTEPS: usize = 2;

/// A trained model that another one learns from.
pub struct Teacher {
    model: Model,
    network: DiffWave,
    training: Schedule,
    /// √ᾱ of the student's steps, from the least noise to the most.
    levels: Vec<f64>,
    substeps: usize,
    device: Device,
}

impl Teacher {
    /// The teacher that `config` names, on `device`.
    ///
    /// # Errors
    /// Where its file cannot be read.
    pub fn open(config: &DistillConfig, device: &Device) -> Result<Self> {
        let model = checkpoint::load(&config.teacher, None)?;
        let header = model.header();
        let network = header.network.init(model.weights(), device);
        let training = Schedule::from_betas(header.training_betas.clone())?;
        let inference = Schedule::from_betas(header.inference_betas.clone())?;
        let levels = inference.respaced(config.steps)?.alpha_bars().iter().map(|a| a.sqrt()).collect();
        let substeps = inference.len().div_ceil(config.steps).max(LEAST_SUBSTEPS);
        Ok(Self { model, network, training, levels, substeps, device: device.clone() })
    }

    /// The student: the teacher with `steps` steps, under the name and provenance of `header`, which has to describe
    /// the same network.
    ///
    /// # Errors
    /// Names the first of network, mel dialect and prior that is another one.
    pub fn student(&self, header: &ModelHeader) -> Result<ModelHeader> {
        let own = self.model.header();
        let differ = |field: &str, found: String, expected: String| {
            Err(Error::invalid("training", field, found, format!("the teacher's {expected}")))
        };
        if header.network != own.network {
            return differ("network", format!("{:?}", header.network), format!("{:?}", own.network));
        }
        if header.dialect != own.dialect {
            let name =
                |header: &ModelHeader| header.dialect.as_ref().map(|d| d.name.clone()).unwrap_or_default();
            return differ("network.conditioner", name(header), name(own));
        }
        if header.prior != own.prior {
            return differ("network.prior", format!("{:?}", header.prior), format!("{:?}", own.prior));
        }
        let mut previous = 1.0;
        let betas = self.levels.iter().map(|level| {
            let alpha_bar = level * level;
            let beta = 1.0 - alpha_bar / previous;
            previous = alpha_bar;
            beta
        });
        Ok(ModelHeader { inference_betas: betas.collect(), card: header.card.clone(), ..own.clone() })
    }

    /// The levels that the student learns: it knows no other ones than its own.
    pub fn levels(&self) -> Levels {
        Levels::of(self.training.clone(), self.levels.clone())
    }

    /// The teacher's model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Makes the batch, whose levels are the student's, one that the student learns from: its signals become those
    /// that lead the student in one step to where the teacher gets in several (algorithm 2), and its noise what is
    /// left of the noisy signal then. Where the noise is largest it is all there is, as in sampling.
    pub fn teach(&self, batch: &mut Batch) {
        let steps: Vec<[f64; 2]> =
            batch.signal_scale.iter().map(|scale| self.step(f64::from(*scale))).collect();
        let sigma = |scale: f64| (1.0 - scale * scale).sqrt();
        let top = self.levels[self.levels.len() - 1];
        let mut x = batch.noised();
        let rows = || 0..batch.crops() * batch.samples;
        let crop = |index: usize| index / batch.samples;
        let std: Vec<f32> = rows().map(|i| batch.noise_scale[i] / sigma(steps[crop(i)][0]) as f32).collect();
        for i in rows().filter(|i| steps[crop(*i)][0] <= top) {
            x[i] = std[i] * batch.noise[i];
        }
        let arrived = self.descend(batch, &x, &std, &steps);
        for i in rows() {
            let [from, to] = steps[crop(i)];
            let ratio = sigma(to) / sigma(from);
            let signal = (f64::from(arrived[i]) - ratio * f64::from(x[i])) / (to - ratio * from);
            batch.signal[i] = signal as f32;
            batch.noise[i] = (x[i] - batch.signal_scale[crop(i)] * batch.signal[i]) / batch.noise_scale[i];
        }
    }

    /// The student's level that is nearest to `scale`, and the next one down; below the last there is no noise.
    fn step(&self, scale: f64) -> [f64; 2] {
        let distance = |index: &usize| (self.levels[*index] - scale).abs();
        let index = (0..self.levels.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0);
        [self.levels[index], if index == 0 { 1.0 } else { self.levels[index - 1] }]
    }

    /// Deterministic steps (DDIM, Song et al. 2021, equation 12 with σ = 0) of every crop along its own levels,
    /// evenly spaced in the angle between signal and noise. `[crops, samples]`
    fn descend(&self, batch: &Batch, x: &[f32], std: &[f32], steps: &[[f64; 2]]) -> Vec<f32> {
        let (crops, samples) = (batch.crops(), batch.samples);
        let tensor = |values: Vec<f32>, columns: usize| {
            Tensor::<2>::from_data(TensorData::new(values, [crops, columns]), &self.device)
        };
        let angle = |[from, to]: [f64; 2], part: usize| {
            let (from, to) = (from.acos(), to.min(1.0).acos());
            from + (to - from) * part as f64 / self.substeps as f64
        };
        let column = |part: usize, of: fn(f64) -> f64| {
            tensor(steps.iter().map(|step| of(angle(*step, part)) as f32).collect(), 1)
        };
        let conditioner = batch.conditioner(&self.device);
        let conditioner = conditioner.map(|mel| self.network.upsample(mel).narrow(2, 0, samples));
        let (mut x, std) = (tensor(x.to_vec(), samples), tensor(std.to_vec(), samples));
        for part in 0..self.substeps {
            let levels: Vec<f32> =
                steps.iter().map(|step| self.training.align(angle(*step, part).cos().powi(2)) as f32).collect();
            let noise = self.network.forward(x.clone(), &levels, conditioner.as_ref()) * std.clone();
            let signal = (x - noise.clone() * column(part, f64::sin)) / column(part, f64::cos);
            x = signal * column(part + 1, f64::cos) + noise * column(part + 1, f64::sin);
        }
        x.to_data().try_to_vec().expect("signals are f32")
    }
}
