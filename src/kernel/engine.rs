//! Threads at work on a stage.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::instruction_set::InstructionSet;
use super::packed::Packed;
use super::pool::Pool;
use super::stage::{Scratch, Stage};
use crate::Result;

/// The threads, what each of them computes with, and in which instruction set.
pub(super) struct Engine {
    pub(super) set: InstructionSet,
    pool: Pool,
    scratch: Vec<Mutex<Scratch>>,
}

impl Engine {
    /// An engine of `threads` threads, the caller's being one of them, for blocks of `packed`.
    ///
    /// # Errors
    /// Where the system refuses a thread.
    pub(super) fn new(set: InstructionSet, packed: &Packed, threads: usize) -> Result<Self> {
        let pool = Pool::new(threads.max(1))?;
        let scratch = (0..pool.threads()).map(|_| Mutex::new(Scratch::new(packed))).collect();
        Ok(Self { set, pool, scratch })
    }

    /// Threads at work.
    pub(super) fn threads(&self) -> usize {
        self.pool.threads()
    }

    /// Runs all blocks of `stage`, each on the next thread that is free.
    pub(super) fn run(&mut self, stage: &Stage) {
        let (set, blocks, next) = (self.set, stage.blocks(), AtomicUsize::new(0));
        let scratch = &self.scratch;
        self.pool.run(&|thread| {
            // A thread locks its own memory; a panic that poisoned it left nothing behind that the next block reads.
            let mut scratch = scratch[thread].lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                let block = next.fetch_add(1, Ordering::Relaxed);
                if block >= blocks {
                    return;
                }
                set.run(stage, block, &mut scratch);
            }
        });
    }
}
