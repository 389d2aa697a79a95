//! What an instance and its loader's thread hand each other.

use crate::choices::{LatencyMode, ModelChoice};
use crate::params::RemelParams;
use crate::report::{LoadState, Report};
use crate::setup::Setup;
use parking_lot::{Condvar, Mutex};
use remel::osc::FeedSlot;
use remel::stream::{Stream, StreamMonitor, StreamSupply};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often the thread looks for changes and collects streams that the audio thread is done with.
pub const INTERVAL: Duration = Duration::from_millis(50);

/// All that a stream depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub activation: u64,
    pub setup: Setup,
    pub choice: ModelChoice,
    pub mode: LatencyMode,
}

/// What the instance and its loader thread share.
pub struct Shared {
    pub params: Arc<RemelParams>,
    pub report: Arc<Report>,
    pub mailbox: Mutex<Mailbox>,
    /// Something on the mailbox changed.
    pub changed: Condvar,
    /// Where mel frames are given to the stream that plays.
    pub feed: FeedSlot,
    /// The host is to be asked for a restart; read by the audio thread.
    pub restart: AtomicBool,
}

/// What the instance and its loader thread hand each other.
#[derive(Default)]
pub struct Mailbox {
    pub activation: u64,
    pub setup: Option<Setup>,
    /// An activation waits for `answer`.
    pub waiting: bool,
    pub answer: Option<Stream>,
    pub supply: Option<StreamSupply>,
    pub latency_samples: usize,
    pub quit: bool,
}

impl Shared {
    /// Waits for an interval or a change; what is wanted then. None when the instance goes. Where `tried` is of another
    /// activation, or none, nothing is waited for.
    pub fn next(&self, tried: Option<&Wanted>) -> Option<Wanted> {
        let mut mailbox = self.mailbox.lock();
        loop {
            if mailbox.quit {
                return None;
            }
            if let Some(supply) = &mut mailbox.supply {
                supply.collect();
            }
            let news = tried.is_none_or(|tried| tried.activation != mailbox.activation);
            if let (true, Some(setup)) = (news, mailbox.setup) {
                return Some(self.wanted(mailbox.activation, setup));
            }
            self.changed.wait_for(&mut mailbox, INTERVAL);
            if let Some(setup) = mailbox.setup {
                return Some(self.wanted(mailbox.activation, setup)).filter(|_| !mailbox.quit);
            }
        }
    }

    fn wanted(&self, activation: u64, setup: Setup) -> Wanted {
        let choice = self.params.model.read().choice.clone();
        Wanted { activation, setup, choice, mode: self.params.latency.value() }
    }

    /// Brings an opened stream to where it is due: `load_state` is how things stand once it is there. With none, an activation
    /// that waits for one goes on without.
    pub fn deliver(&self, wanted: &Wanted, stream: Option<(Stream, StreamMonitor)>, load_state: LoadState) {
        let mut mailbox = self.mailbox.lock();
        if mailbox.activation != wanted.activation || mailbox.setup.is_none() {
            return;
        }
        let (load_state, monitor) = match stream {
            None => (load_state, None),
            Some((audio, monitor)) if mailbox.waiting => {
                mailbox.answer = Some(audio);
                (load_state, Some(monitor))
            }
            Some((audio, monitor)) => {
                let fits = audio.latency().total_host_samples == mailbox.latency_samples;
                let supply = mailbox.supply.as_mut().filter(|_| fits || wanted.setup.free_latency);
                match supply.map(|supply| supply.offer(audio)) {
                    Some(Ok(())) => (load_state, Some(monitor)),
                    // Another latency, or an exchange is still under way: a restart settles both.
                    _ => {
                        self.restart.store(true, Ordering::Relaxed);
                        (LoadState::AwaitsRestart, None)
                    }
                }
            }
        };
        if let Some(mut monitor) = monitor {
            *self.feed.lock() = monitor.take_feed();
            self.report.watch(Some(monitor));
        }
        self.report.update(|summary| summary.load_state = load_state);
        mailbox.waiting = false;
        self.changed.notify_all();
    }
}
