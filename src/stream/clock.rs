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
/// The share of stream time that counts as lead: a real-time host loses a tenth of a second of it per second.
const LEAD_EARNED: f64 = 0.9;
/// The lead that only an export gets; the next second tells those who filled their buffers in one go.
const EXPORT_LEAD_S: f64 = 0.2;
/// What ends a wait offline where a worker hangs.
const OFFLINE_CUT_OFF: Duration = Duration::from_secs(60);
/// What ends a wait in an export whose host does not say so.
const EXPORT_CUT_OFF: Duration = Duration::from_secs(10);

/// Stream time against the wall clock.
///
/// A host may say that it renders offline; then the audio thread may wait. Most do not, so there is the credit.
///
/// The credit is the time by which the stream runs ahead of the wall clock: every block adds its duration, all time
/// that passes is taken off, and while it is positive the audio thread may wait. A real-time host asks for a block
/// only as the wall clock gets there, so it never earns any; an export asks as fast as it can.
///
/// The first block is the origin, at minus [`SLACK_S`]; the credit never falls below that, so however far a stream
/// lags behind (it was paused, or its sound card is slow), an export begins to earn at once. After a pause of more
/// than [`PAUSE_S`] the origin is set anew: credit from before it says nothing of the host's mode after it.
///
/// On a busy machine an export may spend its credit and yet needs every chunk. So there is the lead, by which the host
/// alone runs ahead: the time that the audio thread waited is not taken off it. From [`EXPORT_LEAD_S`] on the host counts
/// as exporting, and the audio thread waits as long as it takes, until the lead is gone: a host that asks for blocks as the
/// wall clock gets there has lost it after two seconds.
pub(super) struct Clock {
    rate_hz: f64,
    offline: bool,
    credit_s: f64,
    lead_s: f64,
    /// Whether the host exports, to go by its lead.
    exports: bool,
    /// When the latest block began, and how long it lasts.
    block: Option<(Instant, f64)>,
    /// How long the audio thread has waited in the latest block.
    waited: Duration,
}

impl Clock {
    pub fn new(rate_hz: u32, offline: bool) -> Self {
        Self {
            rate_hz: rate_hz.into(),
            offline,
            credit_s: -SLACK_S,
            lead_s: 0.0,
            exports: false,
            block: None,
            waited: Duration::ZERO,
        }
    }

    /// The next block is the first.
    pub fn reset(&mut self) {
        self.set_origin();
        self.block = None;
    }

    /// What the host did before says nothing any more.
    fn set_origin(&mut self) {
        (self.credit_s, self.lead_s, self.exports) = (-SLACK_S, 0.0, false);
    }

    /// Whether the host says that time does not matter. How far an offline render ran ahead says nothing of what follows.
    pub fn set_offline(&mut self, offline: bool) {
        if self.offline && !offline {
            self.set_origin();
        }
        self.offline = offline;
    }

    /// A block of `frames` begins at `now`.
    pub fn begin(&mut self, now: Instant, frames: usize) {
        if let Some((began, duration_s)) = self.block {
            let passed_s = now.saturating_duration_since(began).as_secs_f64();
            // The host's own share: only that tells of a pause.
            let host_s = passed_s - self.waited.as_secs_f64();
            if host_s > duration_s + PAUSE_S {
                self.set_origin();
            } else {
                self.credit_s = (self.credit_s + EARNED * duration_s - passed_s).clamp(-SLACK_S, MOST_CREDIT_S);
                // Debt counts too: after a stall a real-time host catches up, which is no export.
                self.lead_s = (self.lead_s + LEAD_EARNED * duration_s - host_s).clamp(-PAUSE_S, EXPORT_LEAD_S);
                self.exports = self.lead_s >= EXPORT_LEAD_S || self.exports && self.lead_s > 0.0;
            }
        }
        self.block = Some((now, frames as f64 / self.rate_hz));
        self.waited = Duration::ZERO;
    }

    /// The audio thread has waited in the block that has begun.
    pub fn add_wait(&mut self, waited: Duration) {
        self.waited += waited;
    }

    /// When the latest block began.
    pub fn began(&self) -> Option<Instant> {
        self.block.map(|(began, _)| began)
    }

    /// Whether the audio thread may wait at `now`, inside the block that has begun, for what it has waited for since
    /// `since`.
    pub fn may_wait(&self, since: Instant, now: Instant) -> bool {
        let Some((began, _)) = self.block else { return false };
        let waited = now.saturating_duration_since(since);
        if self.offline {
            waited < OFFLINE_CUT_OFF
        } else if self.exports {
            waited < EXPORT_CUT_OFF
        } else {
            now.saturating_duration_since(began).as_secs_f64() < self.credit_s
        }
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
            assert!(!clock.may_wait(now, now), "block {block}");
        }
    }

    #[test]
    fn an_export_earns_what_it_runs_ahead_and_no_more() {
        let (mut clock, origin) = (Clock::new(RATE_HZ, false), Instant::now());
        for block in 0..20 {
            clock.begin(after(origin, f64::from(block) * 2.0), BLOCK);
        }
        // 19 blocks of 10 ms in 38 ms, less the slack and a thousandth.
        let (began, credit_ms) = (after(origin, 38.0), 190.0 * EARNED - 38.0 - 50.0);
        assert!(clock.may_wait(began, after(began, credit_ms - 1.0)));
        assert!(!clock.may_wait(began, after(began, credit_ms + 1.0)));
    }

    /// A clock after an export's first second, in which the host took 1 ms for each block of 10 ms, and when that was over.
    fn exporting() -> (Clock, Instant) {
        let (mut clock, mut now) = (Clock::new(RATE_HZ, false), Instant::now());
        for _ in 0..100 {
            clock.begin(now, BLOCK);
            now = after(now, 1.0);
        }
        (clock, now)
    }

    #[test]
    fn an_export_that_is_slower_than_the_clock_waits_on() {
        let (mut clock, mut now) = exporting();
        for block in 0..1000 {
            clock.begin(now, BLOCK);
            let waited = after(now, if block % 30 == 0 { 2000.0 } else { 0.0 });
            assert!(clock.may_wait(now, waited), "block {block}");
            clock.add_wait(waited - now);
            now = after(waited, 1.0);
        }
        assert!(!clock.may_wait(now, after(now, 11_000.0)), "a worker that hangs");
    }

    #[test]
    fn a_host_that_plays_on_after_an_export_is_soon_not_waited_in() {
        let (mut clock, mut now) = exporting();
        // The first block of playing still finds the worker late.
        clock.add_wait(Duration::from_secs(3));
        now = after(now, 3000.0);
        for _ in 0..1000 {
            clock.begin(now, BLOCK);
            now = after(now, 10.0);
        }
        assert!(!clock.exports);
        // Nor is catching up after a stall an export.
        now = after(now, 400.0);
        for _ in 0..40 {
            clock.begin(now, BLOCK);
            now = after(now, 0.1);
        }
        assert!(!clock.exports);
    }

    #[test]
    fn a_pause_leaves_neither_debt_nor_credit() {
        let (mut clock, origin) = (Clock::new(RATE_HZ, false), Instant::now());
        for block in 0..100 {
            clock.begin(after(origin, f64::from(block)), BLOCK);
        }
        assert!(clock.may_wait(after(origin, 99.0), after(origin, 100.0)));
        let later_ms = 60_000.0;
        clock.begin(after(origin, later_ms), BLOCK);
        let later = after(origin, later_ms);
        assert!(!clock.may_wait(later, later), "credit from before the pause");
        for block in 1..=6 {
            clock.begin(after(origin, later_ms + f64::from(block)), BLOCK);
        }
        let paid = after(origin, later_ms + 6.0);
        assert!(clock.may_wait(paid, paid), "debt from the pause");
    }

    #[test]
    fn offline_waits_until_the_cut_off() {
        let (mut clock, origin) = (Clock::new(RATE_HZ, true), Instant::now());
        clock.begin(origin, BLOCK);
        assert!(clock.may_wait(origin, after(origin, 59_000.0)));
        assert!(!clock.may_wait(origin, after(origin, 61_000.0)));
    }
}
