//! Vocoding block by block.

use std::sync::{Mutex, PoisonError};

use numpy::PyArrayDyn;
use pyo3::prelude::*;
use remel::live::{LiveSettings, LiveVocoder};
use remel::stream::{LatencyMode, StreamMonitor};

use crate::arrays::{self, Floats};
use crate::errors::raised;
use crate::model::Model;
use crate::settings::{Settings, backend, chosen};

/// A stream: `Stream(model, rate_hz, channels=1, max_block_frames=512, latency="balanced", offline=False, backend="cpu", threads=1)`.
/// With `offline`, `process` waits for sound; under a callback it does not.
#[pyclass(frozen, module = "remel")]
pub struct Stream {
    inner: Mutex<Inner>,
    channels: usize,
}

struct Inner {
    // Dropped before the engine that renders for it.
    stream: remel::stream::Stream,
    monitor: StreamMonitor,
    _engine: LiveVocoder,
}

#[pymethods]
impl Stream {
    #[new]
    #[pyo3(signature = (
        model, rate_hz, channels=1, max_block_frames=512, latency="balanced", offline=false, backend="cpu", threads=1
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn new(
        py: Python<'_>,
        model: &Model,
        rate_hz: u32,
        channels: usize,
        max_block_frames: usize,
        latency: &str,
        offline: bool,
        backend: &str,
        threads: usize,
    ) -> PyResult<Self> {
        let modes =
            [("live", LatencyMode::Live), ("balanced", LatencyMode::Balanced), ("studio", LatencyMode::Studio)];
        let settings = LiveSettings {
            host_rate_hz: rate_hz,
            channels,
            max_block_frames,
            latency_mode: chosen("latency", latency, &modes)?,
            offline,
        };
        let (model, backend) = (model.inner.clone(), self::backend(backend)?);
        let inner = py.detach(|| {
            let engine = LiveVocoder::start(model, &backend, threads)?;
            let (stream, monitor) = engine.open(&settings)?;
            Ok(Inner { stream, monitor, _engine: engine })
        });
        Ok(Self { inner: Mutex::new(inner.map_err(raised)?), channels })
    }

    /// The samples by which sound comes later than it went in.
    #[getter]
    fn latency(&self) -> usize {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).stream.latency().total_host_samples
    }

    /// How often sound was late.
    #[getter]
    fn underruns(&self) -> u64 {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).monitor.underruns()
    }

    /// process(block, settings=None, side=None): the next block, of the shape of `block`; `side` is the side chain.
    #[pyo3(signature = (block, settings=None, side=None))]
    fn process<'py>(
        &self,
        py: Python<'py>,
        block: Floats<'py>,
        settings: Option<&Settings>,
        side: Option<Floats<'py>>,
    ) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        // The rate is the stream's, whatever is said here.
        let read = |name, array: &Floats<'py>| {
            let audio = arrays::audio(name, array, 1).map_err(raised)?;
            match audio.channels.len() == self.channels {
                true => Ok(audio),
                false => {
                    let (found, expected) = (audio.channels.len(), format!("{}, the stream's", self.channels));
                    Err(raised(remel::Error::invalid(name, "channels", found, expected)))
                }
            }
        };
        let mut audio = read("block", &block)?;
        let side = side.as_ref().map(|side| read("side", side)).transpose()?;
        let controls = settings.map(Settings::of_stream).transpose()?.unwrap_or_default();
        py.detach(|| {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            let mut main: Vec<&mut [f32]> = audio.channels.iter_mut().map(Vec::as_mut_slice).collect();
            let side = side.as_ref().map(|side| side.channels.iter().map(Vec::as_slice).collect::<Vec<_>>());
            inner.stream.process(&mut main, side.as_deref(), &controls);
        });
        arrays::array_like(py, audio, &block)
    }

    /// Forgets everything heard.
    fn reset(&self) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).stream.reset();
    }
}
