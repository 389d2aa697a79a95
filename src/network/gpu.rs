//! The devices that wgpu reaches.

use std::fmt;
use std::panic::catch_unwind;
use std::sync::OnceLock;

use burn::tensor::{Device, DeviceType};

/// A device of wgpu.
#[derive(Clone, Debug, PartialEq)]
pub struct Gpu {
    /// The device's name for itself.
    pub name: String,
    /// Whether it is the CPU in disguise: a software Vulkan driver.
    pub software: bool,
    pub(super) device: Device,
}

impl fmt::Display for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let kind = if self.software { "software Vulkan" } else { "GPU" };
        write!(f, "{kind} ({})", self.name)
    }
}

/// Every device of wgpu that opens, found once per process: opening takes a while.
pub fn all() -> &'static [Gpu] {
    static ALL: OnceLock<Vec<Gpu>> = OnceLock::new();
    ALL.get_or_init(find)
}

fn find() -> Vec<Gpu> {
    // A broken driver makes wgpu panic rather than answer: then there is no GPU.
    let devices = catch_unwind(|| Device::enumerate(DeviceType::Wgpu).into_vec()).unwrap_or_default();
    devices
        .into_iter()
        .filter_map(|device| {
            let identity = catch_unwind(|| device.identity()).ok()??;
            Some(Gpu { name: identity.name, software: identity.physical.is_none(), device })
        })
        .collect()
}
