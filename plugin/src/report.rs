//! What the editor shows of the loader's work and the running stream.

use crate::osc::PortState;
use crate::setup::Setup;
use parking_lot::Mutex;
use remel::mel::Dialect;
use remel::stream::{RendererState, StreamMonitor};
use std::path::PathBuf;

/// What is loaded, for the user's eyes.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelSummary {
    /// The model's name.
    pub name: String,
    /// One line of what it is.
    pub line: String,
    /// The device and backend that render.
    pub backend: String,
    /// Why that one, where the user has left it open.
    pub why: Option<String>,
    /// The mel frames that it reads.
    pub dialect: Dialect,
    /// What each latency mode costs with it at the host's rate and block size, in milliseconds, the shortest first.
    pub latencies_ms: [f64; 3],
}

/// Where the loader stands.
#[derive(Clone, Debug, PartialEq)]
pub enum LoadState {
    /// The host has not activated the plugin.
    Idle,
    /// A model is on its way; the dry signal is heard.
    Loading,
    /// A stream runs.
    Running,
    /// A stream is ready, but its latency is another: the host has to restart the plugin.
    AwaitsRestart,
    /// The model is not there, for this reason; what was heard before goes on, or the dry signal is heard.
    Failed(String),
}

/// The loader writes, the editor reads; the audio thread never comes here.
#[derive(Default)]
pub struct Report {
    summary: Mutex<Summary>,
    monitor: Mutex<Option<StreamMonitor>>,
}

/// One look at the state of things.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Where the loader stands.
    pub load_state: LoadState,
    /// The loaded model.
    pub model: Option<ModelSummary>,
    /// What the host has fixed, once it has.
    pub setup: Option<Setup>,
    /// How the model's renderer is doing.
    pub renderer: RendererState,
    /// What it said of the latest request, if it could not meet it.
    pub refusal: Option<String>,
    /// The project's model file, where it is nowhere to be found.
    pub missing: Option<PathBuf>,
    /// What came of the user's latest choice of a model, where that did not take its place as it was.
    pub notice: Option<String>,
    /// The port that mel frames come to.
    pub port: PortState,
}

impl Default for Summary {
    fn default() -> Self {
        Self {
            load_state: LoadState::Idle,
            model: None,
            setup: None,
            renderer: RendererState::Ready,
            refusal: None,
            missing: None,
            notice: None,
            port: PortState::Closed,
        }
    }
}

impl Report {
    /// The current state.
    pub fn summary(&self) -> Summary {
        self.summary.lock().clone()
    }

    /// Changes the state.
    pub fn update(&self, change: impl FnOnce(&mut Summary)) {
        change(&mut self.summary.lock());
    }

    /// Puts the running stream's monitor in sight, or takes it away.
    pub fn watch(&self, monitor: Option<StreamMonitor>) {
        *self.monitor.lock() = monitor;
    }

    /// Looks at the running stream; none where nothing runs.
    pub fn look<T>(&self, look: impl FnOnce(&mut StreamMonitor) -> T) -> Option<T> {
        self.monitor.lock().as_mut().map(look)
    }
}
