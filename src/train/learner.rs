//! The loss over many crops, and its gradient.

use std::ops::Range;
use std::sync::Arc;
use std::thread;

use burn::tensor::Tensor;

use super::background::Background;
use super::config::TrainingConfig;
use super::state::State;
use super::task::Task;
use crate::Result;
use crate::network::Backend;

/// Computes losses and gradients on one device.
pub struct Learner {
    task: Arc<dyn Task>,
    /// Crops per graph: on the CPU one, whose activations then stay in the cache.
    part: u64,
    threads: usize,
}

impl Learner {
    /// A learner of `task` on `backend`.
    pub fn new(task: Arc<dyn Task>, config: &TrainingConfig, backend: &Backend) -> Self {
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
        let (task, state) = (Arc::clone(&self.task), state.clone());
        let work = Arc::new(move |part| task.gradient(&state, part, done));
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
        let (task, state) = (Arc::clone(&self.task), state.clone());
        let work = Arc::new(move |part| task.measure(&state, part));
        let all = self.each(crops, &work, stopped, |share, loss| total += share * loss)?;
        Ok(all.then_some(total))
    }

    /// Does `work` on all parts of `crops` and hands each result, with its share in the whole, to `take`: in their order,
    /// whatever thread was first, so that sums are the same each time. Whether all was done before it was `stopped`: that is at
    /// once, whatever threads are still at work.
    fn each<T: Send + 'static>(
        &self,
        crops: Range<u64>,
        work: &Arc<impl Fn(Range<u64>) -> Result<T> + Send + Sync + 'static>,
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
            let begin = |part: &Range<u64>| {
                let (work, part) = (Arc::clone(work), part.clone());
                Background::start(move || work(part))
            };
            let jobs: Vec<_> = round.iter().map(begin).collect();
            for (part, job) in round.iter().zip(jobs) {
                let Some(result) = job.wait(stopped) else { return Ok(false) };
                take((part.end - part.start) as f64 / all, result?);
            }
            if stopped() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
