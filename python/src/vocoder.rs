//! Whole sounds and mels.

use std::sync::{Mutex, PoisonError};

use numpy::PyArrayDyn;
use pyo3::prelude::*;

use crate::arrays::{self, Floats};
use crate::errors::raised;
use crate::model::Model;
use crate::settings::{Settings, backend};

/// A model on a device, for whole sounds: `Vocoder(model, backend="cpu", threads=1)`.
#[pyclass(frozen, module = "remel")]
pub struct Vocoder {
    inner: Mutex<remel::vocoder::Vocoder>,
}

#[pymethods]
impl Vocoder {
    #[new]
    #[pyo3(signature = (model, backend="cpu", threads=1))]
    fn new(py: Python<'_>, model: &Model, backend: &str, threads: usize) -> PyResult<Self> {
        let (model, backend) = (model.inner.clone(), self::backend(backend)?);
        let vocoder = py.detach(|| remel::vocoder::Vocoder::with_threads(model, &backend, threads));
        Ok(Self { inner: Mutex::new(vocoder.map_err(raised)?) })
    }

    /// vocode(audio, rate_hz, settings=None, mel_from=None, carrier=None): the audio anew, of the same shape. Mel frames come from
    /// `mel_from`, and what is noised where the strength is below 1 is `carrier`; both are the audio itself by default, and have its rate.
    #[pyo3(signature = (audio, rate_hz, settings=None, mel_from=None, carrier=None))]
    fn vocode<'py>(
        &self,
        py: Python<'py>,
        audio: Floats<'py>,
        rate_hz: u32,
        settings: Option<&Settings>,
        mel_from: Option<Floats<'py>>,
        carrier: Option<Floats<'py>>,
    ) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let other = |name: &str, array: Option<Floats<'py>>| {
            array.map(|array| arrays::audio(name, &array, rate_hz)).transpose().map_err(raised)
        };
        let input = arrays::audio("audio", &audio, rate_hz).map_err(raised)?;
        let (mel_from, carrier) = (other("mel_from", mel_from)?, other("carrier", carrier)?);
        let request = settings.map(Settings::of_file).unwrap_or_default();
        let made = py.detach(|| {
            let mut vocoder = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            vocoder.vocode(&input, mel_from.as_ref(), carrier.as_ref(), &request, &mut |_, _| ())
        });
        arrays::array_like(py, made.map_err(raised)?, &audio)
    }

    /// synthesize(mel, settings=None): the sound of mel frames, [n_mels, frames] in the model's dialect, at the model's rate: [samples].
    #[pyo3(signature = (mel, settings=None))]
    fn synthesize<'py>(
        &self,
        py: Python<'py>,
        mel: Floats<'py>,
        settings: Option<&Settings>,
    ) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let model = self.inner.lock().unwrap_or_else(PoisonError::into_inner).model().clone();
        let mel = arrays::mel(&mel, &model).map_err(raised)?;
        let request = settings.map(Settings::of_file).unwrap_or_default().request;
        let samples = py.detach(|| {
            let mut vocoder = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            vocoder.synthesize(&mel, &[], &request, &mut |_, _| ())
        });
        let samples = samples.map_err(raised)?;
        arrays::array(py, &[samples.len()], samples)
    }
}
