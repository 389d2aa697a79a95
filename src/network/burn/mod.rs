//! What the burn forms of networks share.

#[cfg(feature = "train")]
pub(super) mod activation;
mod parameters;

use std::panic::{AssertUnwindSafe, catch_unwind};

use burn::tensor::{Device, Tensor};

pub(super) use parameters::Parameters;

use super::backend::Backend;
use crate::{Error, Result};

impl Backend {
    /// burn's device.
    pub(crate) fn device(&self) -> Device {
        match self {
            Self::Cpu => Device::flex(),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu.device(),
        }
    }
}

/// A tensor's values, or what the device has to say.
pub(super) fn values(tensor: Tensor<2>) -> Result<Vec<f32>, String> {
    let data = tensor.try_into_data().map_err(|e| format!("{e:?}"))?;
    data.try_to_vec::<f32>().map_err(|e| format!("{e:?}"))
}

/// Runs work on a device, turning a backend's panic (a lost device, no memory) into an error.
pub(super) fn caught<T>(backend: &Backend, work: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| Error::panicked(backend, &*panic))
}
