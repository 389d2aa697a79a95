//! Threads at work.

use super::instruction_set::InstructionSet;
use super::lanes::Work;
use super::workers::Workers;
use crate::Result;

/// The threads, each with its scratch, and in which instruction set they compute.
pub(crate) struct Executor<S> {
    set: InstructionSet,
    workers: Workers<S>,
}

impl<S: Send> Executor<S> {
    /// An executor of `threads` threads, the caller's being one of them, each with a `scratch` of its own.
    ///
    /// # Errors
    /// Where this machine does not have the set, or the system refuses a thread.
    pub(crate) fn new(set: InstructionSet, threads: usize, scratch: impl Fn() -> S) -> Result<Self> {
        let set = set.require()?;
        Ok(Self { set, workers: Workers::new("remel kernel", (0..threads.max(1)).map(|_| scratch()))? })
    }

    /// The instruction set that it computes in.
    pub(crate) fn instruction_set(&self) -> InstructionSet {
        self.set
    }

    /// Threads at work.
    pub(crate) fn threads(&self) -> usize {
        self.workers.threads()
    }

    /// Runs all blocks of `work`, each on the next thread that is free.
    pub(crate) fn run<W: Work<Scratch = S>>(&mut self, work: &W) {
        let set = self.set;
        self.workers.run(work.blocks(), |block, scratch| set.run(work, block, scratch));
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
                assert_eq!(executor.workers.states.iter().map(|count| *count.lock()).sum::<usize>(), 100);
            }
        }
    }
}
