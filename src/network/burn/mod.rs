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
    ///
    /// # Errors
    /// Where this build's burn has but the CPU.
    pub(crate) fn device(&self) -> Result<Device> {
        match self {
            Self::Cpu => Ok(Device::flex()),
            #[cfg(feature = "train-gpu")]
            Self::Gpu(gpu) => Ok(gpu.burn_device()),
            #[cfg(all(feature = "gpu", not(feature = "train-gpu")))]
            Self::Gpu(gpu) => {
                let reason = "takes builds with the feature train-gpu, which this is not".to_owned();
                Err(Error::Device { device: gpu.to_string(), reason })
            }
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
