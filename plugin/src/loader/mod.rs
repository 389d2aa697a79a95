//! Models and streams are opened, exchanged and dropped here, on a thread of each instance's own.
//!
//! The thread (`work`) compares what runs with what is wanted (the host's setup, the model, the latency mode) and opens a
//! new stream where they differ. One of the same latency goes to the audio thread at once; else the host is asked
//! for a restart, because a latency is fixed from activation to activation.

mod comparison;
mod mailbox;
mod work;

use crate::params::RemelParams;
use crate::report::{LoadState, Report};
use crate::setup::Setup;
use mailbox::Shared;
use parking_lot::{Condvar, Mutex};
use remel::osc::FeedSlot;
use remel::stream::StreamSlot;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use work::Work;

/// How long a real-time activation waits for its model; after that the dry signal is heard until it is there.
const PATIENCE: Duration = Duration::from_secs(5);

/// What an activation gets.
pub struct Activation {
    /// The audio thread's place for streams.
    pub slot: StreamSlot,
    /// The latency to report.
    pub latency_samples: usize,
}

/// The instance's end of its loader thread.
pub struct Loader {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Loader {
    /// A loader whose thread starts with the first activation: hosts make instances only to scan them.
    pub fn new(params: Arc<RemelParams>, report: Arc<Report>) -> Self {
        let (mailbox, changed) = (Mutex::default(), Condvar::new());
        let restart = AtomicBool::new(false);
        let feed = FeedSlot::default();
        Self { shared: Arc::new(Shared { params, report, mailbox, changed, feed, restart }), thread: None }
    }

    /// Opens a stream for `setup`. Waits until it is there: offline as long as it takes.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn activate(&mut self, setup: Setup) -> std::io::Result<Activation> {
        if self.thread.is_none() {
            let shared = self.shared.clone();
            let thread = std::thread::Builder::new().name("remel loader".into());
            self.thread = Some(thread.spawn(move || Work::default().run(&shared))?);
        }
        self.shared.report.update(|summary| summary.setup = Some(setup));
        let mut mailbox = self.shared.mailbox.lock();
        mailbox.activation += 1;
        mailbox.setup = Some(setup);
        mailbox.waiting = true;
        self.shared.restart.store(false, Ordering::Relaxed);
        self.shared.changed.notify_all();
        if setup.offline {
            self.shared.changed.wait_while(&mut mailbox, |mailbox| mailbox.waiting);
        } else {
            self.shared.changed.wait_while_for(&mut mailbox, |mailbox| mailbox.waiting, PATIENCE);
        }
        mailbox.waiting = false;
        let first = mailbox.answer.take();
        mailbox.latency_samples = first.as_ref().map_or(0, |stream| stream.latency().total_host_samples);
        let (slot, supply) = StreamSlot::new(first);
        mailbox.supply = Some(supply);
        Ok(Activation { slot, latency_samples: mailbox.latency_samples })
    }

    /// Ends the activation. The slot may be dropped after this.
    pub fn deactivate(&self) {
        let mut mailbox = self.shared.mailbox.lock();
        mailbox.setup = None;
        mailbox.supply = None;
        *self.shared.feed.lock() = None;
        self.shared.report.watch(None);
        self.shared.report.update(|summary| summary.load_state = LoadState::Idle);
    }

    /// Whether the host is to be asked for a restart, once per reason. Real-time.
    pub fn wants_restart(&self) -> bool {
        self.shared.restart.load(Ordering::Relaxed) && self.shared.restart.swap(false, Ordering::Relaxed)
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.shared.mailbox.lock().quit = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by the panic hook; the host must not go down with it.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
