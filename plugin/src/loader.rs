//! Models and streams are opened, exchanged and dropped here, on a thread of each instance's own.
//!
//! The thread compares what runs with what is wanted (the host's setup, the model, the latency mode) and opens a
//! new stream where they differ. One of the same latency goes to the audio thread at once; else the host is asked
//! for a restart, because a latency is fixed from activation to activation.

use crate::choices::{LatencyMode, ModelChoice};
use crate::model::PlacedModel;
use crate::params::RemelParams;
use crate::report::{LoadState, Report};
use crate::setup::Setup;
use crate::shared::{EngineLease, RendererLease};
use parking_lot::{Condvar, Mutex};
use remel::stream::{Stream, StreamMonitor, StreamSlot, StreamSupply};
use remel::{Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often the thread looks for changes and collects streams that the audio thread is done with.
const INTERVAL: Duration = Duration::from_millis(50);

/// How long a real-time activation waits for its model; after that the dry signal is heard until it is there.
const PATIENCE: Duration = Duration::from_secs(5);

/// All that a stream depends on.
#[derive(Clone, Debug, PartialEq)]
struct Wanted {
    activation: u64,
    setup: Setup,
    choice: ModelChoice,
    /// How often the user has had a file loaded.
    loads: usize,
    mode: LatencyMode,
}

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

struct Shared {
    params: Arc<RemelParams>,
    report: Arc<Report>,
    mailbox: Mutex<Mailbox>,
    /// Something on the mailbox changed.
    changed: Condvar,
    /// The host is to be asked for a restart; read by the audio thread.
    restart: AtomicBool,
}

/// What the instance and its loader thread hand each other.
#[derive(Default)]
struct Mailbox {
    activation: u64,
    setup: Option<Setup>,
    /// An activation waits for `answer`.
    waiting: bool,
    answer: Option<Stream>,
    supply: Option<StreamSupply>,
    latency_samples: usize,
    quit: bool,
}

impl Loader {
    /// A loader whose thread starts with the first activation: hosts make instances only to scan them.
    pub fn new(params: Arc<RemelParams>, report: Arc<Report>) -> Self {
        let (mailbox, changed, restart) = (Mutex::default(), Condvar::new(), AtomicBool::new(false));
        Self { shared: Arc::new(Shared { params, report, mailbox, changed, restart }), thread: None }
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

/// What the loader's thread holds. Fields drop in order: the renderer's lease before the engine's.
#[derive(Default)]
struct Work {
    loaded: Option<Loaded>,
    engine: Option<EngineLease>,
    /// What was last tried, whether it worked or not.
    tried: Option<Wanted>,
}

/// A model that renders, and what it was loaded for.
struct Loaded {
    choice: ModelChoice,
    loads: usize,
    model: PlacedModel,
    renderer: RendererLease,
}

impl Work {
    fn run(&mut self, shared: &Shared) {
        while let Some(wanted) = self.next(shared) {
            if self.tried.as_ref() != Some(&wanted) {
                // A driver that panics must leave neither an activation waiting nor the user guessing.
                let opened = catch_unwind(AssertUnwindSafe(|| self.open(shared, &wanted)));
                let stream = opened.unwrap_or_else(|panic| Err(Error::panicked("opening the model", &*panic)));
                deliver(shared, &wanted, stream);
                self.tried = Some(wanted);
            }
            self.watch_renderer(shared);
        }
    }

    /// Waits for an interval or a change; what is wanted then. None when the instance goes.
    fn next(&self, shared: &Shared) -> Option<Wanted> {
        let mut mailbox = shared.mailbox.lock();
        loop {
            if mailbox.quit {
                return None;
            }
            if let Some(supply) = &mut mailbox.supply {
                supply.collect();
            }
            let news = self.tried.as_ref().is_none_or(|tried| tried.activation != mailbox.activation);
            if let (true, Some(setup)) = (news, mailbox.setup) {
                return Some(wanted(shared, mailbox.activation, setup));
            }
            shared.changed.wait_for(&mut mailbox, INTERVAL);
            if let Some(setup) = mailbox.setup {
                return Some(wanted(shared, mailbox.activation, setup)).filter(|_| !mailbox.quit);
            }
        }
    }

    fn open(&mut self, shared: &Shared, wanted: &Wanted) -> Result<(Stream, StreamMonitor)> {
        let engine = match &mut self.engine {
            Some(engine) => engine,
            none => none.insert(EngineLease::take()?),
        };
        let fits = |loaded: &Loaded| loaded.choice == wanted.choice && loaded.loads == wanted.loads;
        if !self.loaded.as_ref().is_some_and(fits) {
            shared.report.update(|summary| summary.load_state = LoadState::Loading);
            let mut model = PlacedModel::open(&wanted.choice, engine)?;
            let renderer = model.renderer(engine)?;
            let (choice, loads) = (wanted.choice.clone(), wanted.loads);
            self.loaded = Some(Loaded { choice, loads, model, renderer });
        }
        let Loaded { model, renderer, .. } = self.loaded.as_ref().expect("just loaded");
        let latencies_ms = wanted.setup.latencies_ms(engine, renderer, model.dialect())?;
        shared.report.update(|summary| summary.model = Some(model.summary(latencies_ms)));
        let mode = wanted.mode.of_stream();
        let config = wanted.setup.stream(mode, engine, renderer, model.dialect())?;
        Stream::open(&config, engine.engine(), renderer.key())
    }

    fn watch_renderer(&self, shared: &Shared) {
        let (Some(engine), Some(Loaded { renderer, .. })) = (&self.engine, &self.loaded) else { return };
        let renderers = engine.engine().status().renderers;
        if let Some(status) = renderers.into_iter().find(|status| status.key == *renderer.key()) {
            shared
                .report
                .update(|summary| (summary.renderer, summary.refusal) = (status.state, status.refusal));
        }
    }
}

fn wanted(shared: &Shared, activation: u64, setup: Setup) -> Wanted {
    let params = &shared.params;
    // Read before the choice, which changes first: a load is never missed.
    let loads = params.loads.load(Ordering::Acquire);
    Wanted { activation, setup, choice: params.model.read().clone(), loads, mode: params.latency.value() }
}

/// Brings an opened stream to where it is due.
fn deliver(shared: &Shared, wanted: &Wanted, stream: Result<(Stream, StreamMonitor)>) {
    let mut mailbox = shared.mailbox.lock();
    if mailbox.activation != wanted.activation || mailbox.setup.is_none() {
        return;
    }
    let (load_state, monitor) = match stream {
        Err(error) => (LoadState::Failed(error.to_string()), None),
        Ok((audio, monitor)) if mailbox.waiting => {
            mailbox.answer = Some(audio);
            (LoadState::Running, Some(monitor))
        }
        Ok((audio, monitor)) => {
            let fits = audio.latency().total_host_samples == mailbox.latency_samples;
            let supply = mailbox.supply.as_mut().filter(|_| fits || wanted.setup.free_latency);
            match supply.map(|supply| supply.offer(audio)) {
                Some(Ok(())) => (LoadState::Running, Some(monitor)),
                // Another latency, or an exchange is still under way: a restart settles both.
                _ => {
                    shared.restart.store(true, Ordering::Relaxed);
                    (LoadState::AwaitsRestart, None)
                }
            }
        }
    };
    if let Some(monitor) = monitor {
        shared.report.watch(Some(monitor));
    }
    shared.report.update(|summary| summary.load_state = load_state);
    mailbox.waiting = false;
    shared.changed.notify_all();
}

#[cfg(test)]
#[path = "loader_tests.rs"]
mod tests;
