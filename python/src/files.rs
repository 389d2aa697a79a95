//! Files of audio.

use std::path::PathBuf;

use numpy::PyArrayDyn;
use pyo3::prelude::*;
use remel::audio::Audio;

use crate::arrays::{self, Floats};
use crate::errors::raised;

/// read(path) -> (audio, rate_hz): a file of audio as [channels, samples].
#[pyfunction]
pub fn read(py: Python<'_>, path: PathBuf) -> PyResult<(Bound<'_, PyArrayDyn<f32>>, u32)> {
    let audio = py.detach(|| Audio::read(&path)).map_err(raised)?;
    let (shape, rate_hz) = ([audio.channels.len(), audio.samples()], audio.rate_hz);
    Ok((arrays::array(py, &shape, audio.channels.concat())?, rate_hz))
}

/// write_wav(path, audio, rate_hz): WAV of 32-bit floats, which appears whole or not at all.
#[pyfunction]
pub fn write_wav(py: Python<'_>, path: PathBuf, audio: Floats<'_>, rate_hz: u32) -> PyResult<()> {
    let audio = arrays::audio("audio", &audio, rate_hz).map_err(raised)?;
    py.detach(|| audio.write_wav(&path)).map_err(raised)
}
