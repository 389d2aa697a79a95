//! Remel's library for Python: `remel.pyi` says what is in it, `examples/` has programs that use it.
//!
//! Arrays of NumPy's go in and out, and whatever takes time lets go of Python's lock.

mod arrays;
mod errors;
mod files;
mod model;
mod settings;
mod stream;
#[cfg(feature = "train")]
mod train;
mod vocoder;

use pyo3::prelude::*;

/// A real-time diffusion vocoder.
#[pymodule]
fn remel(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<model::Model>()?;
    module.add_class::<settings::Settings>()?;
    module.add_class::<vocoder::Vocoder>()?;
    module.add_class::<stream::Stream>()?;
    module.add_function(wrap_pyfunction!(files::read, module)?)?;
    module.add_function(wrap_pyfunction!(files::write_wav, module)?)?;
    #[cfg(feature = "train")]
    module.add_function(wrap_pyfunction!(train::train, module)?)?;
    Ok(())
}
