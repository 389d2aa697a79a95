//! A model on an engine of its own, with streams for any number of callbacks: what a program needs that is not a plugin.

use std::sync::Arc;

use crate::Result;
use crate::kernel::{flush_denormals, raise_priority};
use crate::mel::Dialect;
use crate::model::Model;
use crate::network::Backend;
use crate::render::{Format, Render};
use crate::stream::{Engine, LatencyMode, RendererKey, Stream, StreamConfig, StreamMonitor};
use crate::vocoder::Vocoder;

/// One model on one worker thread, which renders for all streams that are opened here.
///
/// Streams that outlive it play what they play at an underrun.
///
/// ```
/// use std::sync::Arc;
///
/// use remel::checkpoint::Bundled;
/// use remel::live::{LiveSettings, LiveVocoder};
/// use remel::network::Backend;
/// use remel::stream::Controls;
///
/// # fn main() -> remel::Result<()> {
/// let live = LiveVocoder::start(Arc::new(Bundled::Small.model()), &Backend::Cpu, 1)?;
/// let settings = LiveSettings { host_rate_hz: 48_000, channels: 1, ..LiveSettings::default() };
/// let (mut stream, monitor) = live.open(&settings)?;
/// let mut block = [0.0; 256];
/// stream.process(&mut [&mut block], None, &Controls::default());
/// assert_eq!(monitor.underruns(), 0);
/// # Ok(())
/// # }
/// ```
pub struct LiveVocoder {
    engine: Engine,
    key: RendererKey,
    format: Format,
    dialect: Dialect,
}

/// What a stream is opened for.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveSettings {
    /// Samples per second of the callback, 1 kHz to 1536 kHz.
    pub host_rate_hz: u32,
    /// Channels, 1 or 2.
    pub channels: usize,
    /// The longest block that the callback will ask for.
    pub max_block_frames: usize,
    /// Chunk and look-ahead, and so the latency.
    pub latency_mode: LatencyMode,
    /// Whether [`Stream::process`] waits for sound, as a file's rendering wants; under a callback it must not.
    pub offline: bool,
}

impl Default for LiveSettings {
    /// Stereo at 48 kHz in blocks of up to 512 frames, balanced, under a callback.
    fn default() -> Self {
        Self {
            host_rate_hz: 48_000,
            channels: 2,
            max_block_frames: 512,
            latency_mode: LatencyMode::Balanced,
            offline: false,
        }
    }
}

impl LiveVocoder {
    /// Starts a worker thread that renders with `model` on `backend`, with `threads` threads where that is the CPU.
    ///
    /// # Errors
    /// The model has no mel frames, the device does not answer, or the system gives no thread.
    pub fn start(model: Arc<Model>, backend: &Backend, threads: usize) -> Result<Self> {
        let model = Arc::new(Arc::unwrap_or_clone(model).for_streams());
        let dialect = model.dialect()?.clone();
        let vocoder = Vocoder::with_threads(model, backend, threads)?;
        let engine = Engine::start(|| {
            flush_denormals();
            raise_priority();
        })?;
        let (key, format) = (RendererKey::from("live"), vocoder.format());
        engine.register(key.clone(), Box::new(vocoder), None)?;
        Ok(Self { engine, key, format, dialect })
    }

    /// Opens a stream, and what shows how it is doing.
    ///
    /// # Errors
    /// A setting out of its range, by name.
    pub fn open(&self, settings: &LiveSettings) -> Result<(Stream, StreamMonitor)> {
        let plan = settings.latency_mode.plan(&self.format);
        let config = StreamConfig {
            host_rate_hz: settings.host_rate_hz,
            channels: settings.channels,
            max_block_frames: settings.max_block_frames,
            dialect: self.dialect.clone(),
            plan,
            budget_ms: LatencyMode::budget_ms(&plan, &self.format),
            offline: settings.offline,
        };
        Stream::open(&config, &self.engine, &self.key)
    }

    /// The mel frames that the model reads.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }
}
