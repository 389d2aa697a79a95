//! Borrowed time: for how long the audio thread may wait.

use std::time::{Duration, Instant};

/// A host whose callbacks jitter by less than this never gets any credit.
const SLACK_S: f64 = 0.05;
/// Credit beyond this is forgotten: a host that plays on after an export must not be made to wait for long.
const MOST_CREDIT_S: f64 = 4.0;
/// A pause between blocks that no real-time host and no export makes while it runs.
const PAUSE_S: f64 = 0.5;
/// The share of stream time that counts as credit. A sound card whose clock is fast by less than a thousandth does not
/// slowly earn any.
const EARNED: f64 = 0.999;
/// What ends waiting offline where a worker hangs.
const OFFLINE_CUT_OFF: Duration = Duration::from_secs(60);

/// Stream time against the wall clock.
///
/// The credit is the time by which the stream runs ahead of the wall clock: every block adds its duration, all time
/// that passes is taken off, and while it is positive the audio thread may wait. A real-time host asks for a block
/// only as the wall clock gets there, so it never earns any; an export asks as fast as it can.
///
/// The first block is the origin, at minus [`SLACK_S`]; the credit never falls below that, so however far a stream
/// lags behind (it was paused, or its sound card is slow), an export begins to earn at once. After a pause of more
/// than [`PAUSE_S`] the origin is set anew: credit from before it says nothing of the host's mode after it.
pub(super) struct Clock {
    rate_hz: f64,
    offline: bool,
    credit_s: f64,
    /// When the latest block began, and how long it lasts.
    block: Option<(Instant, f64)>,
}

impl Clock {
    pub fn new(rate_hz: u32, offline: bool) -> Self {
        Self { rate_hz: rate_hz.into(), offline, credit_s: -SLACK_S, block: None }
    }

    /// The next block is the first.
    pub fn reset(&mut self) {
        self.credit_s = -SLACK_S;
        self.block = None;
    }

    /// Whether the host says that time does not matter.
    pub fn set_offline(&mut self, offline: bool) {
        self.offline = offline;
    }

    /// A block of `frames` begins at `now`.
    pub fn begin(&mut self, now: Instant, frames: usize) {
        if let Some((began, duration_s)) = self.block {
            let passed_s = now.saturating_duration_since(began).as_secs_f64();
            self.credit_s = if passed_s > duration_s + PAUSE_S {
                -SLACK_S
            } else {
                (self.credit_s + EARNED * duration_s - passed_s).clamp(-SLACK_S, MOST_CREDIT_S)
            };
        }
        self.block = Some((now, frames as f64 / self.rate_hz));
    }

    /// When the latest block began.
    pub fn began(&self) -> Option<Instant> {
        self.block.map(|(began, _)| began)
    }

    /// Whether the audio thread may wait at `now`, inside the block that has begun.
    pub fn may_wait(&self, now: Instant) -> bool {
        let Some((began, _)) = self.block else { return false };
        let passed = now.saturating_duration_since(began);
        if self.offline { passed < OFFLINE_CUT_OFF } else { passed.as_secs_f64() < self.credit_s }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: u32 = 48_000;
    const BLOCK: usize = 480;

    fn after(origin: Instant, ms: f64) -> Instant {
        origin + Duration::from_secs_f64(ms / 1000.0)
    }

    #[test]
    fn a_real_time_host_with_jitter_and_a_fast_clock_never_earns() {
        let (mut clock, origin) = (Clock::new(RATE_HZ, false), Instant::now());
        for block in 0..100_000u32 {
            let jitter_ms = f64::from(block.wrapping_mul(2_654_435_761) >> 20) / 4096.0 * 30.0;
            // The card's clock is fast by 500 ppm.
            let now = after(origin, f64::from(block) * 10.0 * (1.0 - 5e-4) + jitter_ms);
            clock.begin(now, BLOCK);
            assert!(!clock.may_wait(now), "block {block}");
        }
    }

    #[test]
    fn an_export_earns_what_it_runs_ahead_and_no_more() {
        let (mut clock, origin) = (Clock::new(RATE_HZ, false), Instant::now());
        for block in 0..100 {
            clock.begin(after(origin, f64::from(block) * 2.0), BLOCK);
        }
        // 99 blocks of 10 ms in 198 ms, less the slack and a thousandth.
        let (began_ms, credit_ms) = (198.0, 990.0 * EARNED - 198.0 - 50.0);
        assert!(clock.may_wait(after(origin, began_ms + credit_ms - 1.0)));
        assert!(!clock.may_wait(after(origin, began_ms + credit_ms + 1.0)));
    }

    #[test]
    fn a_pause_leaves_neither_debt_nor_credit() {
        let (mut clock, origin) = (Clock::new(RATE_HZ, false), Instant::now());
        for block in 0..100 {
            clock.begin(after(origin, f64::from(block)), BLOCK);
        }
        assert!(clock.may_wait(after(origin, 100.0)));
        let later_ms = 60_000.0;
        clock.begin(after(origin, later_ms), BLOCK);
        assert!(!clock.may_wait(after(origin, later_ms)), "credit from before the pause");
        for block in 1..=6 {
            clock.begin(after(origin, later_ms + f64::from(block)), BLOCK);
        }
        assert!(clock.may_wait(after(origin, later_ms + 6.0)), "debt from the pause");
    }

    #[test]
    fn offline_waits_until_the_cut_off() {
        let (mut clock, origin) = (Clock::new(RATE_HZ, true), Instant::now());
        clock.begin(origin, BLOCK);
        assert!(clock.may_wait(after(origin, 59_000.0)));
        assert!(!clock.may_wait(after(origin, 61_000.0)));
    }
}
