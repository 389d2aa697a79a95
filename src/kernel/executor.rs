//! Threads at work.

use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::instruction_set::InstructionSet;
use super::lanes::Work;
use super::pool::Pool;
use crate::Result;

/// The threads, what each of them computes with, and in which instruction set.
pub(crate) struct Executor<S> {
    set: InstructionSet,
    pool: Pool,
    scratch: Vec<Mutex<S>>,
}

impl<S: Send> Executor<S> {
    /// An executor of `threads` threads, the caller's being one of them, each with a `scratch` of its own.
    ///
    /// # Errors
    /// Where this machine does not have the set, or the system refuses a thread.
    pub(crate) fn new(set: InstructionSet, threads: usize, scratch: impl Fn() -> S) -> Result<Self> {
        let (set, pool) = (set.require()?, Pool::new("remel kernel", threads.max(1))?);
        let scratch = (0..pool.threads()).map(|_| Mutex::new(scratch())).collect();
        Ok(Self { set, pool, scratch })
    }

    /// The instruction set that it computes in.
    pub(crate) fn instruction_set(&self) -> InstructionSet {
        self.set
    }

    /// Threads at work.
    pub(crate) fn threads(&self) -> usize {
        self.pool.threads()
    }

    /// Runs all blocks of `work`, each on the next thread that is free.
    pub(crate) fn run<W: Work<Scratch = S>>(&mut self, work: &W) {
        let (set, blocks, next) = (self.set, work.blocks(), AtomicUsize::new(0));
        let scratch = &self.scratch;
        if blocks == 1 || self.pool.threads() == 1 {
            // The others are not woken for it.
            let mut scratch = scratch[0].lock();
            return (0..blocks).for_each(|block| set.run(work, block, &mut scratch));
        }
        self.pool.run(&|thread| {
            // A thread locks its own; nothing that a panic may have left there is read by the next block.
            let mut scratch = scratch[thread].lock();
            loop {
                let block = next.fetch_add(1, Ordering::Relaxed);
                if block >= blocks {
                    return;
                }
                set.run(work, block, &mut scratch);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::buffer::SharedRows;
    use crate::kernel::lanes::Lanes;

    /// Doubles rows of 16 values, and counts them in the scratch.
    struct Doubling<'a>(SharedRows<'a>, usize);

    impl Work for Doubling<'_> {
        type Scratch = usize;

        fn blocks(&self) -> usize {
            self.1
        }

        #[inline(always)]
        fn run<V: Lanes>(&self, block: usize, scratch: &mut usize) {
            // SAFETY: a row is a block.
            let row = unsafe { self.0.row(block) };
            for lane in (0..row.len()).step_by(V::LANES) {
                let values = V::load(&row[lane..]);
                values.add(values).store(&mut row[lane..]);
            }
            *scratch += 1;
        }
    }

    #[test]
    fn every_block_runs_once_in_every_set_on_any_threads() {
        for set in InstructionSet::available() {
            for threads in [1, 3] {
                let mut executor = Executor::new(set, threads, || 0).unwrap();
                let mut values: Vec<f32> = (0..16 * 100).map(|index| index as f32).collect();
                executor.run(&Doubling(SharedRows::new(&mut values, 16), 100));
                assert!(values.iter().enumerate().all(|(index, value)| *value == 2.0 * index as f32), "{set}");
                assert_eq!(executor.scratch.iter().map(|count| *count.lock()).sum::<usize>(), 100);
            }
        }
    }
}
