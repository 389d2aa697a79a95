//! Training.

use std::path::PathBuf;

use pyo3::prelude::*;
use remel::train::config::TrainConfig;
use remel::train::{Observer, Progress, run};

use crate::errors::raised;

/// Calls a function of Python's after every step, and ends the training where that raises, or where Python has a signal: at Ctrl-C.
struct Told {
    on_step: Option<Py<PyAny>>,
    raised: Option<PyErr>,
}

impl Observer for Told {
    fn stepped(&mut self, progress: &Progress) {
        let Some(on_step) = &self.on_step else { return };
        if self.raised.is_none() {
            self.raised = Python::attach(|py| on_step.call1(py, (progress.step, progress.loss)).err());
        }
    }

    fn stopped(&mut self) -> bool {
        if self.raised.is_none() {
            self.raised = Python::attach(|py| py.check_signals().err());
        }
        self.raised.is_some()
    }
}

/// train(config, resume=False, on_step=None) -> path of the model: trains as the file `config` says, and calls
/// `on_step(step, loss)` after each. Where that raises, and at Ctrl-C, the training ends with a checkpoint.
#[pyfunction]
#[pyo3(signature = (config, resume=false, on_step=None))]
pub fn train(py: Python<'_>, config: PathBuf, resume: bool, on_step: Option<Py<PyAny>>) -> PyResult<PathBuf> {
    let mut told = Told { on_step, raised: None };
    let trained = py.detach(|| run(&TrainConfig::read(&config)?, resume, &mut told));
    match told.raised {
        Some(error) => Err(error),
        None => trained.map_err(raised),
    }
}
