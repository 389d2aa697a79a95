//! Threads that share out numbered pieces of work, each with something of its own to do them with.

use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::pool::Pool;
use crate::Result;

/// A pool of threads, and what each of them works with.
pub(crate) struct Workers<S> {
    pool: Pool,
    pub(super) states: Vec<Mutex<S>>,
}

impl<S: Send> Workers<S> {
    /// A thread for each of `states`, the caller's being the first; the others are called `name` and a number.
    ///
    /// # Errors
    /// Where the system refuses a thread.
    pub(crate) fn new(name: &str, states: impl IntoIterator<Item = S>) -> Result<Self> {
        let states: Vec<_> = states.into_iter().map(Mutex::new).collect();
        Ok(Self { pool: Pool::new(name, states.len())?, states })
    }

    /// Threads at work.
    pub(crate) fn threads(&self) -> usize {
        self.pool.threads()
    }

    /// What the caller's own thread works with.
    pub(crate) fn first(&mut self) -> &mut S {
        self.states[0].get_mut()
    }

    /// Does the pieces `0..count`, each on the next thread that is free.
    pub(crate) fn run(&mut self, count: usize, work: impl Fn(usize, &mut S) + Sync) {
        if count == 1 || self.threads() == 1 {
            // The others are not woken for it.
            let first = self.first();
            return (0..count).for_each(|index| work(index, first));
        }
        let (states, next) = (&self.states, AtomicUsize::new(0));
        self.pool.run(&|thread| {
            // A thread locks its own; nothing that a panic may have left there is read by the next piece.
            let mut state = states[thread].lock();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return;
                }
                work(index, &mut state);
            }
        });
    }
}
