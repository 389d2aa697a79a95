//! The devices that wgpu reaches.
//!
//! They are listed as adapters, which opens none. One opens where a network is placed on it.

use std::fmt;
use std::panic::catch_unwind;
use std::sync::OnceLock;

use wgpu::{Adapter, AdapterInfo, Backend as Api, DeviceType, DownlevelFlags, Instance, InstanceDescriptor};

/// The graphics APIs that are asked, in their order: those that a platform's drivers are written for.
#[cfg(target_vendor = "apple")]
const APIS: [Api; 1] = [Api::Metal];
#[cfg(windows)]
const APIS: [Api; 2] = [Api::Vulkan, Api::Dx12];
#[cfg(not(any(target_vendor = "apple", windows)))]
const APIS: [Api; 1] = [Api::Vulkan];

/// A device of wgpu.
#[derive(Clone, Debug, PartialEq)]
pub struct Gpu {
    /// The device's name for itself.
    pub name: String,
    /// Whether it is the CPU in disguise: a software Vulkan driver.
    pub software: bool,
    pub(super) api: Api,
    pub(super) device_type: DeviceType,
    /// Which it is among those of its type.
    pub(super) number: usize,
}

impl Gpu {
    /// burn's device, which opens with the first tensor that is put there; burn counts each type of adapter from 0 too.
    #[cfg(feature = "train-gpu")]
    pub(in crate::network) fn burn_device(&self) -> burn::tensor::Device {
        use burn::backend::{WgpuDevice, WgpuDeviceKind};
        burn::tensor::Device::new(WgpuDevice::new(match self.device_type {
            DeviceType::DiscreteGpu => WgpuDeviceKind::DiscreteGpu(self.number),
            DeviceType::IntegratedGpu => WgpuDeviceKind::IntegratedGpu(self.number),
            DeviceType::VirtualGpu => WgpuDeviceKind::VirtualGpu(self.number),
            DeviceType::Other => WgpuDeviceKind::Other(self.number),
            DeviceType::Cpu => WgpuDeviceKind::Cpu,
        }))
    }

    /// The adapter, of an instance that lives as long as what is made of it.
    pub(super) fn adapter(&self) -> Option<Adapter> {
        let own = |adapter: &Adapter| adapter.get_info().device_type == self.device_type;
        adapters(self.api).into_iter().filter(own).nth(self.number)
    }
}

impl fmt::Display for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let kind = if self.software { "software Vulkan" } else { "GPU" };
        write!(f, "{kind} ({})", self.name)
    }
}

/// Every device of wgpu that computes, found once per process: asking the drivers takes a while.
pub fn all() -> &'static [Gpu] {
    static ALL: OnceLock<Vec<Gpu>> = OnceLock::new();
    // A broken driver makes wgpu panic rather than answer: then there is no GPU.
    ALL.get_or_init(|| catch_unwind(find).unwrap_or_default())
}

/// The devices of the first API with a GPU, else of the first with anything.
fn find() -> Vec<Gpu> {
    let found = APIS.map(|api| numbered(api, adapters(api).iter().map(described).collect()));
    let is_gpu = |gpu: &Gpu| !gpu.software;
    let has_gpu = |gpus: &&Vec<Gpu>| gpus.iter().any(is_gpu);
    let first = found.iter().find(has_gpu).or_else(|| found.iter().find(|gpus| !gpus.is_empty()));
    first.cloned().unwrap_or_default()
}

/// What an API has on this machine.
fn adapters(api: Api) -> Vec<Adapter> {
    let descriptor =
        InstanceDescriptor { backends: api.into(), ..InstanceDescriptor::new_without_display_handle() };
    pollster::block_on(Instance::new(descriptor).enumerate_adapters(api.into()))
}

/// What an adapter is, and whether it computes.
fn described(adapter: &Adapter) -> (AdapterInfo, bool) {
    let flags = adapter.get_downlevel_capabilities().flags;
    (adapter.get_info(), flags.contains(DownlevelFlags::COMPUTE_SHADERS))
}

/// Adapters of `api` under their numbers, which count each type from 0; of software there is one.
fn numbered(api: Api, adapters: Vec<(AdapterInfo, bool)>) -> Vec<Gpu> {
    let mut found: Vec<Gpu> = Vec::new();
    let mut seen: Vec<DeviceType> = Vec::new();
    for (info, computes) in adapters {
        let device_type = info.device_type;
        let number = seen.iter().filter(|other| **other == device_type).count();
        let software = device_type == DeviceType::Cpu;
        seen.push(device_type);
        if computes && !(software && number > 0) {
            found.push(Gpu { name: info.name, software, api, device_type, number });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(name: &str, device_type: DeviceType) -> (AdapterInfo, bool) {
        let mut info = AdapterInfo::new(device_type, Api::Vulkan);
        info.name = name.to_owned();
        (info, name != "draws only")
    }

    #[test]
    fn each_type_counts_from_zero_and_software_is_one() {
        let adapters = vec![
            adapter("a", DeviceType::IntegratedGpu),
            adapter("draws only", DeviceType::DiscreteGpu),
            adapter("b", DeviceType::DiscreteGpu),
            adapter("llvmpipe", DeviceType::Cpu),
            adapter("swiftshader", DeviceType::Cpu),
            adapter("c", DeviceType::Other),
        ];
        let gpu = |name: &str, device_type, number| {
            let software = device_type == DeviceType::Cpu;
            Gpu { name: name.to_owned(), software, api: Api::Vulkan, device_type, number }
        };
        assert_eq!(
            numbered(Api::Vulkan, adapters),
            [
                gpu("a", DeviceType::IntegratedGpu, 0),
                gpu("b", DeviceType::DiscreteGpu, 1),
                gpu("llvmpipe", DeviceType::Cpu, 0),
                gpu("c", DeviceType::Other, 0),
            ]
        );
    }

    /// burn numbers devices by a rule of its own, which may change: what we list is what it lists.
    #[cfg(feature = "train-gpu")]
    #[test]
    fn devices_are_those_that_burn_lists() {
        let ours: Vec<_> = all().iter().map(Gpu::burn_device).collect();
        let theirs = burn::tensor::Device::enumerate(burn::tensor::DeviceType::Wgpu).into_vec();
        assert!(ours.iter().all(|device| theirs.contains(device)), "{ours:?} are not among {theirs:?}");
    }
}
