//! The one engine of a process: renderers by key, and the thread that runs them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::{JoinHandle, Thread};

use crossbeam_channel::{Sender, unbounded};
use parking_lot::Mutex;

use super::link::WorkerHalf;
use super::worker::{Command, Worker};
use super::{EngineStatus, RendererKey};
use crate::render::{Format, Render};
use crate::{Error, Result};

/// One worker thread that renders for all streams of a process.
///
/// Started and stopped explicitly (dropping it stops it): never from a thread-local or at exit. All methods are for
/// threads that may wait; the audio thread only ever touches its [`super::Stream`].
///
/// ```
/// use std::sync::Arc;
///
/// use remel::checkpoint::Bundled;
/// use remel::network::Backend;
/// use remel::render::Render;
/// use remel::stream::{Controls, Engine, LatencyMode, RendererKey, Stream, StreamConfig};
/// use remel::vocoder::Vocoder;
///
/// let model = Arc::new(Bundled::Small.model().for_streams());
/// let dialect = model.dialect()?.clone();
/// let vocoder = Vocoder::new(model, &Backend::Cpu)?;
/// let (key, format) = (RendererKey::from("small"), vocoder.format());
/// let engine = Engine::start(|| ())?;
/// engine.register(key.clone(), Box::new(vocoder), None)?;
///
/// let plan = LatencyMode::Live.plan(&format);
/// let config = StreamConfig {
///     host_rate_hz: 48_000,
///     channels: 1,
///     max_block_frames: 256,
///     dialect,
///     plan,
///     budget_ms: LatencyMode::budget_ms(&plan, &format),
///     offline: true, // `process` waits for the sound, which no audio callback may
/// };
/// let (mut stream, monitor) = Stream::open(&config, &engine, &key)?;
///
/// let latency = stream.latency().total_host_samples;
/// let mut samples: Vec<f32> = (0..latency + 24_000).map(|n| (n as f32 * 0.05).sin() * 0.5).collect();
/// let controls = Controls::default();
/// for block in samples.chunks_mut(256) {
///     stream.process(&mut [block], None, &controls);
/// }
/// let rms = |samples: &[f32]| (samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32).sqrt();
/// assert!(rms(&samples[..latency / 2]) < 1e-3);
/// assert!(rms(&samples[latency + 4800..]) > 0.1);
/// assert_eq!(monitor.underruns(), 0);
/// # Ok::<(), remel::Error>(())
/// ```
pub struct Engine {
    commands: Sender<Command>,
    worker: Thread,
    join: Mutex<Option<JoinHandle<()>>>,
    formats: Mutex<BTreeMap<RendererKey, Format>>,
    status: Arc<Mutex<EngineStatus>>,
}

impl Engine {
    /// Starts the worker. `on_thread_start` is the first thing that its thread runs: the place to have denormals
    /// flushed to zero and to set a priority.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(on_thread_start: fn()) -> Result<Self> {
        let (commands, inbox) = unbounded();
        let status = Arc::new(Mutex::new(EngineStatus::default()));
        let worker = Worker::new(inbox, Arc::clone(&status));
        let join = std::thread::Builder::new()
            .name("remel engine".to_owned())
            .spawn(move || {
                on_thread_start();
                worker.run();
            })
            .map_err(|error| Error::Device { device: "engine".to_owned(), reason: error.to_string() })?;
        let worker = join.thread().clone();
        let formats = Mutex::new(BTreeMap::new());
        Ok(Self { commands, worker, join: Mutex::new(Some(join)), formats, status })
    }

    /// Stops the worker, and waits until it has dropped its renderers. Streams that are open go to their underrun
    /// sound. Stopping twice does nothing.
    pub fn stop(&self) {
        let Some(join) = self.join.lock().take() else { return };
        // The receiver outlives the thread's loop: a failure means that the thread is already gone.
        let _ = self.command(Command::Stop);
        let _ = join.join();
        self.formats.lock().clear();
        *self.status.lock() = EngineStatus::default();
    }

    /// Gives the engine a renderer, and one to go to where that fails (the CPU's, say). A renderer that is already
    /// there under `key` is replaced, and its failure forgotten.
    ///
    /// # Errors
    /// The fallback does not serve the renderer's format, that is another than that of the replaced renderer, or the engine has
    /// stopped.
    pub fn register(
        &self,
        key: RendererKey,
        renderer: Box<dyn Render>,
        fallback: Option<Box<dyn Render>>,
    ) -> Result<()> {
        let format = renderer.format();
        let mut formats = self.formats.lock();
        let refused = |field: &str, found: Format, expected: Format| {
            let (found, expected) = (format!("{found:?}"), format!("{expected:?}"));
            Err(Error::invalid(format!("renderer {key}"), field, found, expected))
        };
        if let Some(replaced) = formats.get(&key).filter(|replaced| **replaced != format) {
            return refused("format", format, *replaced);
        }
        if let Some(fallback) =
            fallback.as_ref().map(|fallback| fallback.format()).filter(|f| !f.serves(&format))
        {
            return refused("fallback", fallback, format);
        }
        self.command(Command::Register { key: key.clone(), renderer, fallback })?;
        formats.insert(key, format);
        Ok(())
    }

    /// Drops the renderers under `key`, on the worker. Streams that use it go to their underrun sound.
    pub fn unregister(&self, key: &RendererKey) {
        if self.formats.lock().remove(key).is_some() {
            // A worker that is gone has dropped them.
            let _ = self.command(Command::Unregister { key: key.clone() });
        }
    }

    /// The format of the renderer under `key`; none where there is no such renderer.
    pub fn format(&self, key: &RendererKey) -> Option<Format> {
        self.formats.lock().get(key).copied()
    }

    /// How everything is doing.
    pub fn status(&self) -> EngineStatus {
        let running = self.join.lock().as_ref().is_some_and(|join| !join.is_finished());
        EngineStatus { running, ..self.status.lock().clone() }
    }

    /// Connects a stream to the renderer under `key`.
    pub(super) fn attach(&self, key: &RendererKey, link: WorkerHalf) -> Result<()> {
        self.command(Command::Attach { key: key.clone(), link })
    }

    /// The worker's thread, to be woken.
    pub(super) fn worker(&self) -> Thread {
        self.worker.clone()
    }

    fn command(&self, command: Command) -> Result<()> {
        self.commands.send(command).map_err(|_| Error::Device {
            device: "engine".to_owned(),
            reason: "it has stopped; it is started once per process".to_owned(),
        })?;
        self.worker.unpark();
        Ok(())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The error for a key that nothing is registered under.
pub(super) fn no_renderer(key: &RendererKey) -> Error {
    Error::invalid("engine", "renderer", key, "a key that a renderer is registered under")
}
