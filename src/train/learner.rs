//! The loss over many crops, and its gradient.

use std::ops::Range;
use std::panic::resume_unwind;
use std::thread;

use burn::tensor::{Device, Tensor};

use super::batch::Batch;
use super::config::{Precision, TrainingConfig};
use super::criterion::Criterion;
use super::data::Split;
use super::distill::Teacher;
use super::pairs::Pairs;
use super::parameters::{Differentiable, network};
use super::state::State;
use crate::Result;
use crate::model::ModelHeader;
use crate::network::{Backend, DiffWaveConfig};

/// Computes losses and gradients on one device.
pub struct Learner<'a> {
    pairs: &'a Pairs,
    network: DiffWaveConfig,
    criterion: Criterion,
    precision: Precision,
    teacher: Option<Teacher>,
    device: Device,
    /// Crops per graph: on the CPU one, whose activations then stay in the cache.
    part: u64,
    threads: usize,
}

impl<'a> Learner<'a> {
    /// A learner of the network of `header` from `pairs`, and from a teacher where there is one, on `backend`.
    pub fn new(
        pairs: &'a Pairs,
        header: &ModelHeader,
        config: &TrainingConfig,
        teacher: Option<Teacher>,
        backend: &Backend,
    ) -> Result<Self> {
        let device = backend.device();
        let (part, threads) = match *backend == Backend::Cpu {
            true => (1, thread::available_parallelism().map_or(1, usize::from)),
            false => (config.batch as u64, 1),
        };
        let criterion = Criterion::new(config, header, &device)?;
        Ok(Self {
            pairs,
            network: header.network.diffwave("training")?.clone(),
            criterion,
            precision: config.precision,
            teacher,
            device,
            part,
            threads,
        })
    }

    /// The mean loss over the training crops `crops`, and its gradient.
    ///
    /// # Errors
    /// Where the data cannot be read.
    pub fn gradient(&self, state: &State, crops: Range<u64>) -> Result<(f64, Tensor<1>)> {
        let (mut total, mut sum, scale) = (0.0, state.parameters.zeros_like(), state.scale.value());
        let work = |batch: &Batch| {
            let differentiable = Differentiable::new(&self.network, &state.parameters, self.precision);
            let loss = self.criterion.loss(&differentiable.network, batch, &self.device);
            let gradient = differentiable.gradient(&(loss.clone() * scale));
            (scalar(loss), gradient)
        };
        self.each(Split::Train, crops, &state.average, &work, |share, (loss, gradient)| {
            total += share * loss;
            sum = sum.clone() + gradient * (share / scale);
        })?;
        Ok((total, sum))
    }

    /// The mean loss of the averaged parameters over the validation crops `crops`.
    ///
    /// # Errors
    /// Where the data cannot be read.
    pub fn validate(&self, state: &State, crops: Range<u64>) -> Result<f64> {
        let network = network(&self.network, &state.average);
        let mut total = 0.0;
        let work = |batch: &Batch| scalar(self.criterion.measure(&network, batch, &self.device));
        self.each(Split::Validation, crops, &state.average, &work, |share, loss| total += share * loss)?;
        Ok(total)
    }

    /// Does `work` on all parts of `crops`, which a teacher, where there is one, has made its own with the student of
    /// the parameters `average`, and hands each result, with its share in the whole, to `take`: in their order, whatever
    /// thread was first, so that sums are the same each time.
    fn each<T: Send>(
        &self,
        split: Split,
        crops: Range<u64>,
        average: &Tensor<1>,
        work: &(dyn Fn(&Batch) -> T + Sync),
        mut take: impl FnMut(f64, T),
    ) -> Result<()> {
        let all = (crops.end - crops.start) as f64;
        let parts: Vec<Range<u64>> = crops
            .clone()
            .step_by(self.part as usize)
            .map(|start| start..(start + self.part).min(crops.end))
            .collect();
        let teacher = self.teacher.as_ref().map(|teacher| (teacher, network(&self.network, average)));
        let one = |part: &Range<u64>| {
            let mut batch = self.pairs.batch(split, part.clone())?;
            if let Some((teacher, student)) = &teacher {
                teacher.teach(&mut batch, student);
            }
            Ok(work(&batch))
        };
        for round in parts.chunks(self.threads) {
            let results: Vec<Result<T>> = thread::scope(|scope| {
                let others: Vec<_> = round[1..].iter().map(|part| scope.spawn(|| one(part))).collect();
                let own = one(&round[0]);
                let others =
                    others.into_iter().map(|thread| thread.join().unwrap_or_else(|e| resume_unwind(e)));
                std::iter::once(own).chain(others).collect()
            });
            for (part, result) in round.iter().zip(results) {
                take((part.end - part.start) as f64 / all, result?);
            }
        }
        Ok(())
    }
}

/// The one value of a loss.
fn scalar(loss: Tensor<1>) -> f64 {
    f64::from(loss.into_scalar::<f32>())
}
