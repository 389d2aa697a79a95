//! The threads of an executor: parked while there is nothing to do, all at work on one job at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::thread::{JoinHandle, yield_now};

use super::denormals::DenormalsFlushed;
use super::priority::{is_raised, raise_priority};
use crate::{Error, Result};

/// Turns of the waiting loop before a worker parks: a tenth of a millisecond or two, which outlasts the pause between
/// stages and, with a short window, that between two steps.
const WORKER_SPINS: usize = 4_000;
/// Turns of the waiting loop before the caller lets another thread have its core.
const CALLER_SPINS: usize = 2_000;

/// A job: called once on every thread with the thread's index.
type Job<'a> = &'a (dyn Fn(usize) + Sync);

/// Threads that run one job at a time together with their caller.
pub(super) struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

struct Shared {
    /// Points to the job, a variable of the caller that stays where it is until `busy` is 0.
    job: AtomicPtr<()>,
    /// Counts jobs: a worker works when it has changed.
    turn: AtomicUsize,
    /// Workers that have not finished the job.
    busy: AtomicUsize,
    /// Whether the caller has a raised priority: its workers take one too.
    raised: AtomicBool,
    panicked: AtomicBool,
    stop: AtomicBool,
}

impl Pool {
    /// A pool of `threads` threads, the caller's being one of them; the others are called `name` and a number.
    ///
    /// # Errors
    /// Where the system refuses a thread.
    pub(super) fn new(name: &str, threads: usize) -> Result<Self> {
        let shared = Arc::new(Shared {
            job: AtomicPtr::new(std::ptr::null_mut()),
            turn: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            raised: AtomicBool::new(false),
            panicked: AtomicBool::new(false),
            stop: AtomicBool::new(false),
        });
        let mut pool = Self { shared, workers: Vec::new() };
        for index in 1..threads {
            let shared = Arc::clone(&pool.shared);
            let thread = std::thread::Builder::new().name(format!("{name} {index}"));
            let worker = thread.spawn(move || shared.work(index));
            let refused = |source: std::io::Error| Error::Device {
                device: "CPU engine".to_owned(),
                reason: format!("no thread {index}: {source}"),
            };
            pool.workers.push(worker.map_err(refused)?);
        }
        Ok(pool)
    }

    /// Threads of the pool.
    pub(super) fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// Runs `job` on every thread and returns when all have finished.
    ///
    /// # Panics
    /// Where the job does.
    pub(super) fn run(&mut self, job: Job) {
        let shared = &*self.shared;
        let finish = Finish(shared);
        shared.job.store((&raw const job).cast_mut().cast(), Ordering::Relaxed);
        shared.busy.store(self.workers.len(), Ordering::Relaxed);
        shared.raised.store(is_raised(), Ordering::Relaxed);
        shared.turn.fetch_add(1, Ordering::Release);
        for worker in &self.workers {
            worker.thread().unpark();
        }
        job(0);
        drop(finish);
        assert!(!shared.panicked.swap(false, Ordering::Relaxed), "a thread of the CPU engine panicked");
    }
}

/// Waits, when it goes, for the workers: also where the caller's own part panics, for they hold its variables.
struct Finish<'a>(&'a Shared);

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        let mut turns = 0;
        while self.0.busy.load(Ordering::Acquire) > 0 {
            turns += 1;
            if turns < CALLER_SPINS { std::hint::spin_loop() } else { yield_now() }
        }
    }
}

impl Shared {
    /// A worker's life.
    fn work(&self, index: usize) {
        let _flushed = DenormalsFlushed::here();
        let mut done = 0;
        loop {
            self.wait(done);
            done += 1;
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            if self.raised.load(Ordering::Relaxed) {
                raise_priority();
            }
            let job = self.job.load(Ordering::Relaxed).cast::<Job>();
            // SAFETY: `run` wrote the pointer before it raised `turn`, and its variable outlives `busy`.
            let job = unsafe { *job };
            if catch_unwind(AssertUnwindSafe(|| job(index))).is_err() {
                self.panicked.store(true, Ordering::Relaxed);
            }
            self.busy.fetch_sub(1, Ordering::Release);
        }
    }

    /// Waits until there were more than `done` jobs.
    fn wait(&self, done: usize) {
        let mut turns = 0;
        while self.turn.load(Ordering::Acquire) == done {
            turns += 1;
            if turns < WORKER_SPINS { std::hint::spin_loop() } else { std::thread::park() }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.shared.turn.fetch_add(1, Ordering::Release);
        for worker in self.workers.drain(..) {
            worker.thread().unpark();
            // A worker catches its panics: there is nothing to hear of.
            let _ = worker.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_runs_every_job_once() {
        for threads in [1, 2, 5] {
            let mut pool = Pool::new("pool", threads).unwrap();
            let counts: Vec<AtomicUsize> = (0..threads).map(|_| AtomicUsize::new(0)).collect();
            for jobs in 1..if cfg!(miri) { 5 } else { 300 } {
                pool.run(&|thread| {
                    counts[thread].fetch_add(1, Ordering::Relaxed);
                });
                assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == jobs));
            }
        }
    }

    #[test]
    fn workers_take_the_priority_of_the_thread_that_they_work_for() {
        let mut pool = Pool::new("pool", 2).unwrap();
        let raised = |pool: &mut Pool| {
            let counted = AtomicUsize::new(0);
            pool.run(&|_| {
                counted.fetch_add(usize::from(is_raised()), Ordering::Relaxed);
            });
            counted.into_inner()
        };
        assert_eq!(raised(&mut pool), 0);
        let both = std::thread::spawn(move || {
            raise_priority();
            raised(&mut pool)
        });
        assert_eq!(both.join().unwrap(), 2);
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_works_on() {
        let mut pool = Pool::new("pool", 2).unwrap();
        for culprit in [0, 1] {
            let panic = catch_unwind(AssertUnwindSafe(|| pool.run(&|thread| assert_ne!(thread, culprit))));
            assert!(panic.is_err());
        }
        let ran = AtomicUsize::new(0);
        pool.run(&|_| {
            ran.fetch_add(1, Ordering::Relaxed);
        });
        assert_eq!(ran.load(Ordering::Relaxed), 2);
    }
}
