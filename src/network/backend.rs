//! Where networks run: the GPUs of this machine, and its CPU.

use std::fmt;

use crate::{Error, Result};

/// A place to run networks.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Backend {
    /// The CPU.
    Cpu,
    /// A device of wgpu: a GPU, or the software Vulkan of a machine without one.
    #[cfg(feature = "gpu")]
    Gpu(super::gpu::Gpu),
}

impl Backend {
    /// The first GPU, a software one where there is no other.
    pub fn first_gpu() -> Option<Self> {
        let mut gpus = gpus();
        gpus.sort_by_key(|gpu| !gpu.is_gpu());
        gpus.into_iter().next()
    }

    /// [`Backend::first_gpu`], for who cannot do without.
    ///
    /// # Errors
    /// There is none.
    pub fn gpu() -> Result<Self> {
        let reason = "none that Vulkan, Metal or DirectX reaches".to_owned();
        Self::first_gpu().ok_or_else(|| Error::Device { device: "GPU".to_owned(), reason })
    }

    /// Every place of this machine, GPUs first.
    pub fn all() -> Vec<Self> {
        let mut all = gpus();
        all.push(Self::Cpu);
        all
    }

    /// Whether this is a real GPU.
    pub fn is_gpu(&self) -> bool {
        match self {
            Self::Cpu => false,
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => !gpu.software,
        }
    }
}

/// Every device of wgpu, software ones too.
#[cfg(feature = "gpu")]
fn gpus() -> Vec<Backend> {
    super::gpu::all().iter().cloned().map(Backend::Gpu).collect()
}

/// None: this build renders on the CPU alone.
#[cfg(not(feature = "gpu"))]
fn gpus() -> Vec<Backend> {
    Vec::new()
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Cpu => write!(f, "CPU"),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => write!(f, "{gpu}"),
        }
    }
}
