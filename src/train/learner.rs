//! The loss over many crops, and its gradient.

use std::ops::Range;
use std::panic::resume_unwind;
use std::thread;

use burn::tensor::Tensor;

use super::config::TrainingConfig;
use super::state::State;
use super::task::Task;
use crate::Result;
use crate::network::Backend;

/// Computes losses and gradients on one device.
pub struct Learner<'a> {
    task: Box<dyn Task + 'a>,
    /// Crops per graph: on the CPU one, whose activations then stay in the cache.
    part: u64,
    threads: usize,
}

impl<'a> Learner<'a> {
    /// A learner of `task` on `backend`.
    pub fn new(task: Box<dyn Task + 'a>, config: &TrainingConfig, backend: &Backend) -> Self {
        let (part, threads) = match *backend == Backend::Cpu {
            true => (1, thread::available_parallelism().map_or(1, usize::from)),
            false => (config.batch as u64, 1),
        };
        Self { task, part, threads }
    }

    /// The mean loss over the training crops `crops`, and its gradient, when the share `done` of the training is over; none where
    /// it was `stopped` in between.
    ///
    /// # Errors
    /// Where the data cannot be read.
    pub fn gradient(
        &self,
        state: &State,
        crops: Range<u64>,
        done: f64,
        stopped: &mut dyn FnMut() -> bool,
    ) -> Result<Option<(f64, Tensor<1>)>> {
        let (mut total, mut sum) = (0.0, state.parameters.zeros_like());
        let work = |part: Range<u64>| self.task.gradient(state, part, done);
        let all = self.each(crops, &work, stopped, |share, (loss, gradient)| {
            total += share * loss;
            sum = sum.clone() + gradient * share;
        })?;
        Ok(all.then_some((total, sum)))
    }

    /// The mean loss of the averaged parameters over the validation crops `crops`; none where it was `stopped` in between.
    ///
    /// # Errors
    /// Where the data cannot be read.
    pub fn validate(
        &self,
        state: &State,
        crops: Range<u64>,
        stopped: &mut dyn FnMut() -> bool,
    ) -> Result<Option<f64>> {
        let mut total = 0.0;
        let work = |part: Range<u64>| self.task.measure(state, part);
        let all = self.each(crops, &work, stopped, |share, loss| total += share * loss)?;
        Ok(all.then_some(total))
    }

    /// Does `work` on all parts of `crops` and hands each result, with its share in the whole, to `take`: in their order,
    /// whatever thread was first, so that sums are the same each time. Whether all was done before it was `stopped`.
    fn each<T: Send>(
        &self,
        crops: Range<u64>,
        work: &(dyn Fn(Range<u64>) -> Result<T> + Sync),
        stopped: &mut dyn FnMut() -> bool,
        mut take: impl FnMut(f64, T),
    ) -> Result<bool> {
        let all = (crops.end - crops.start) as f64;
        let parts: Vec<Range<u64>> = crops
            .clone()
            .step_by(self.part as usize)
            .map(|start| start..(start + self.part).min(crops.end))
            .collect();
        for round in parts.chunks(self.threads) {
            if stopped() {
                return Ok(false);
            }
            let results: Vec<Result<T>> = thread::scope(|scope| {
                let others: Vec<_> = round[1..].iter().map(|part| scope.spawn(|| work(part.clone()))).collect();
                let own = work(round[0].clone());
                let others =
                    others.into_iter().map(|thread| thread.join().unwrap_or_else(|e| resume_unwind(e)));
                std::iter::once(own).chain(others).collect()
            });
            for (part, result) in round.iter().zip(results) {
                take((part.end - part.start) as f64 / all, result?);
            }
        }
        Ok(true)
    }
}
