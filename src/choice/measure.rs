//! Timing jobs on one place after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{Job, Outcome, Timing};
use crate::{Error, Result};

/// Repetitions, of which the fastest counts: other programs make a run slower, nothing makes it faster.
const REPETITIONS: usize = 5;
/// After how long nothing is repeated any more.
const BUDGET: Duration = Duration::from_secs(1);

/// What time is read from.
pub trait Clock {
    /// The time since a moment that does not change.
    fn now(&self) -> Duration;
}

/// The time of day.
pub struct WallClock(Instant);

impl Default for WallClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for WallClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A place, and how the job begins there.
pub struct Candidate<'a> {
    /// The place's name.
    pub place: String,
    /// Opens the place, which may take long, and gives the job there.
    pub open: Box<dyn FnOnce() -> Result<Job> + 'a>,
}

/// Times each of `candidates` by `clock`. What happens at first use (opening a device, compiling for it) is timed apart; a
/// place that fails or panics has that for its outcome. None where `stop` was set before all were done; it is looked at between
/// two renders.
pub fn measure(candidates: Vec<Candidate>, clock: &dyn Clock, stop: &AtomicBool) -> Option<Vec<Timing>> {
    let timing = |Candidate { place, open }| {
        let timed = timed(open, clock, stop).transpose()?;
        let outcome = timed.unwrap_or_else(|error| Outcome::Failed(error.to_string()));
        Some(Timing { place, outcome })
    };
    candidates.into_iter().map(timing).collect()
}

/// What came of timing the job that `open` gives; none where it was stopped.
fn timed(open: impl FnOnce() -> Result<Job>, clock: &dyn Clock, stop: &AtomicBool) -> Result<Option<Outcome>> {
    let stopped = || stop.load(Ordering::Relaxed);
    if stopped() {
        return Ok(None);
    }
    let start = clock.now();
    let mut job = caught(open)?;
    let outcome = caught(|| {
        (job.render)()?;
        let first_use_s = (clock.now() - start).as_secs_f64();
        let (ready, mut best) = (clock.now(), Duration::MAX);
        for _ in 0..REPETITIONS {
            if stopped() {
                return Ok(None);
            }
            let start = clock.now();
            (job.render)()?;
            best = best.min(clock.now() - start);
            if clock.now() - ready >= BUDGET {
                break;
            }
        }
        Ok(Some(Outcome::Rendered { first_use_s, real_time_factor: best.as_secs_f64() / job.seconds }))
    });
    // A device that is lost may panic once more as it is dropped.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(job)));
    outcome
}

/// A panic (some drivers' answer to what they cannot do) is a failure of the place.
fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(Error::panicked("it panicked", &*panic)))
}
