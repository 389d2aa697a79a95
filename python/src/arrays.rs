//! NumPy arrays in and out.

use numpy::{AllowTypeChange, IntoPyArray, PyArrayDyn, PyArrayLikeDyn, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;
use remel::audio::Audio;
use remel::mel::Mel;
use remel::model::Model;
use remel::{Error, Result};

/// An array of floats of any width, or what NumPy makes one of.
pub type Floats<'py> = PyArrayLikeDyn<'py, f32, AllowTypeChange>;

/// More channels than any file has: an array of `[samples, channels]` is known by it.
const MOST_CHANNELS: usize = 64;

/// The values of an array in row-major order.
fn values(array: &Floats<'_>) -> Vec<f32> {
    array.as_array().iter().copied().collect()
}

/// Audio of `[samples]` or `[channels, samples]` at `rate_hz`.
///
/// # Errors
/// Another shape; `name` names it.
pub fn audio(name: &str, array: &Floats<'_>, rate_hz: u32) -> Result<Audio> {
    let (channels, samples) = match *array.shape() {
        [samples] => (1, samples),
        [channels, samples] if channels <= MOST_CHANNELS => (channels, samples),
        _ => (0, 0),
    };
    if channels * samples == 0 {
        let hint = if array.shape().len() == 2 { ": transpose it" } else { "" };
        let expected = format!("[samples] or [channels, samples]{hint}");
        return Err(Error::invalid(name, "shape", format!("{:?}", array.shape()), expected));
    }
    if rate_hz == 0 {
        return Err(Error::invalid(name, "rate_hz", 0, "samples per second"));
    }
    let channels = values(array).chunks(samples).map(<[f32]>::to_vec).collect();
    Ok(Audio { rate_hz, channels })
}

/// Mel frames of `[n_mels, frames]`, or `[1, n_mels, frames]`, in the dialect of `model`.
///
/// # Errors
/// Another shape, or values that no frame of the dialect has.
pub fn mel(array: &Floats<'_>, model: &Model) -> Result<Mel> {
    let n_mels = model.dialect()?.n_mels;
    match *array.shape() {
        [bands, _] | [1, bands, _] if bands == n_mels => {
            Ok(model.dialect()?.receive("mel", &values(array))?.mel)
        }
        _ => {
            let expected = format!("[{n_mels}, frames] for this model");
            Err(Error::invalid("mel", "shape", format!("{:?}", array.shape()), expected))
        }
    }
}

/// `values` as an array of this shape.
pub fn array<'py>(py: Python<'py>, shape: &[usize], values: Vec<f32>) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
    values.into_pyarray(py).reshape(shape)
}

/// `audio` as an array of as many axes as `like` has.
pub fn array_like<'py>(
    py: Python<'py>,
    audio: Audio,
    like: &Floats<'_>,
) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
    let shape = [audio.channels.len(), audio.samples()];
    let skipped = shape.len() - like.shape().len();
    array(py, &shape[skipped..], audio.channels.concat())
}
