//! Models.

use std::path::PathBuf;
use std::sync::Arc;

use numpy::PyArrayDyn;
use pyo3::prelude::*;
use remel::checkpoint::{self, Bundled, ModelFile};
use remel::mel::mel_of;

use crate::arrays::{self, Floats};
use crate::errors::raised;

/// A model: `Model.open(name_or_path)` or `Model.from_bytes(bytes)`.
#[pyclass(frozen, module = "remel")]
pub struct Model {
    pub inner: Arc<remel::model::Model>,
}

#[pymethods]
impl Model {
    /// A bundled model by its name ("small", "large", "tts"), or a file: Remel's own, or a PyTorch checkpoint of DiffWave or WaveGrad.
    #[staticmethod]
    fn open(py: Python<'_>, name: PathBuf) -> PyResult<Self> {
        let open = || match Bundled::named(&name) {
            Some(bundled) => Ok(bundled.model()),
            None => checkpoint::load(&name, None),
        };
        Ok(Self { inner: Arc::new(py.detach(open).map_err(raised)?) })
    }

    /// A model of the bytes of its file.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: Vec<u8>) -> PyResult<Self> {
        let parse = || ModelFile::from_bytes("bytes", bytes)?.parse(None);
        Ok(Self { inner: Arc::new(py.detach(parse).map_err(raised)?) })
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.inner.header().card.name
    }

    /// The licence of its weights.
    #[getter]
    fn licence(&self) -> &str {
        &self.inner.header().card.licence
    }

    /// Samples per second.
    #[getter]
    fn rate_hz(&self) -> u32 {
        self.inner.header().rate_hz
    }

    /// The name of the mel frames that it reads.
    #[getter]
    fn dialect(&self) -> PyResult<&str> {
        Ok(&self.inner.dialect().map_err(raised)?.name)
    }

    /// Bands of a mel frame.
    #[getter]
    fn n_mels(&self) -> PyResult<usize> {
        Ok(self.inner.dialect().map_err(raised)?.n_mels)
    }

    /// Samples from mel frame to mel frame.
    #[getter]
    fn hop(&self) -> PyResult<usize> {
        Ok(self.inner.dialect().map_err(raised)?.hop)
    }

    /// mel(audio, rate_hz): the mel frames of all channels together, [n_mels, frames], as the model reads them.
    fn mel<'py>(
        &self,
        py: Python<'py>,
        audio: Floats<'py>,
        rate_hz: u32,
    ) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let audio = arrays::audio("audio", &audio, rate_hz).map_err(raised)?;
        let dialect = self.inner.dialect().map_err(raised)?;
        let compute = || mel_of(&audio.resampled(dialect.rate_hz).to_mono(), dialect);
        let mel = py.detach(compute).map_err(raised)?;
        arrays::array(py, &[mel.n_mels(), mel.frames()], mel.to_bands())
    }

    fn __repr__(&self) -> String {
        let header = self.inner.header();
        format!("<remel.Model {:?}: {} at {} Hz>", header.card.name, header.network.family(), header.rate_hz)
    }
}
