//! What the works of a network run with.

use super::signal::{Memory, Signal};
use crate::Result;
use crate::kernel::{Buffer, Executor, InstructionSet, ROWS, Work};

/// Most rows of a block: as many as let the panels of a matrix pay for being read.
const MOST_ROWS: usize = 8 * ROWS;

/// Threads and memory.
pub(super) struct Engine {
    executor: Executor<Buffer>,
    pub(super) memory: Memory,
}

impl Engine {
    /// `threads` threads in an instruction set of this machine, and memory for signals with margins of `margin` rows.
    ///
    /// # Errors
    /// Where the system refuses a thread, or the machine the set.
    pub(super) fn new(set: InstructionSet, threads: usize, margin: usize) -> Result<Self> {
        Ok(Self { executor: Executor::new(set, threads, Buffer::default)?, memory: Memory::new(margin) })
    }

    /// A signal to be written.
    pub(super) fn signal(&mut self, rows: usize, channels: usize) -> Signal {
        self.memory.take(rows, channels)
    }

    /// A signal of these rows, `[rows, channels]`.
    pub(super) fn rows_of(&mut self, values: &[f32], channels: usize) -> Signal {
        let mut signal = self.signal(values.len() / channels, channels);
        let width = signal.width();
        signal.values_mut().fill(0.0);
        for (row, values) in signal.values_mut().chunks_exact_mut(width).zip(values.chunks_exact(channels)) {
            row[..channels].copy_from_slice(values);
        }
        signal
    }

    /// Runs all blocks of `work`.
    pub(super) fn run<W: Work<Scratch = Buffer>>(&mut self, work: &W) {
        self.executor.run(work);
    }

    /// Rows of a block of `rows` that all threads share: some blocks for every thread, of whole tiles of a product.
    pub(super) fn block_rows(&self, rows: usize) -> usize {
        rows.div_ceil(2 * self.executor.threads()).next_multiple_of(ROWS).min(MOST_ROWS)
    }
}
