//! The devices that wgpu reaches.
//!
//! They are listed as adapters, which opens none: an open device is a thread of cubecl's that never sleeps. One opens
//! where a network is placed on it.

use std::fmt;
use std::panic::catch_unwind;
use std::sync::OnceLock;

use burn::backend::{AutoGraphicsApi, WgpuDevice, WgpuDeviceKind};
use burn::tensor::wgpu::wgpu::{
    AdapterInfo, Backend as Api, DeviceType, DownlevelFlags, Instance, InstanceDescriptor,
};
use burn::tensor::{Device, read_sync};

/// A device of wgpu.
#[derive(Clone, Debug, PartialEq)]
pub struct Gpu {
    /// The device's name for itself.
    pub name: String,
    /// Whether it is the CPU in disguise: a software Vulkan driver.
    pub software: bool,
    kind: WgpuDeviceKind,
}

impl Gpu {
    /// burn's device, which opens with the first tensor that is put there.
    pub(super) fn device(&self) -> Device {
        Device::new(WgpuDevice::new(self.kind.clone()))
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

/// The devices of the graphics API that cubecl takes: the first with a GPU, else the first with anything.
fn find() -> Vec<Gpu> {
    let mut apis = AutoGraphicsApi::chain().into_iter().map(adapters).filter(|found| !found.is_empty());
    let Some(first) = apis.next() else { return Vec::new() };
    let is_gpu = |(info, _): &(AdapterInfo, bool)| info.device_type != DeviceType::Cpu;
    let found = if first.iter().any(is_gpu) {
        first
    } else {
        apis.find(|found| found.iter().any(is_gpu)).unwrap_or(first)
    };
    numbered(found)
}

/// What an API has on this machine, and whether it computes. The instance that is asked goes, and its threads with it.
fn adapters(api: Api) -> Vec<(AdapterInfo, bool)> {
    let descriptor =
        InstanceDescriptor { backends: api.into(), ..InstanceDescriptor::new_without_display_handle() };
    let adapters = read_sync(Instance::new(descriptor).enumerate_adapters(api.into()));
    let computes = |flags: DownlevelFlags| flags.contains(DownlevelFlags::COMPUTE_SHADERS);
    adapters
        .iter()
        .map(|adapter| (adapter.get_info(), computes(adapter.get_downlevel_capabilities().flags)))
        .collect()
}

/// Devices under cubecl's numbers, which count each kind of adapter from 0, and software once.
fn numbered(adapters: Vec<(AdapterInfo, bool)>) -> Vec<Gpu> {
    let mut found: Vec<Gpu> = Vec::new();
    let mut seen: Vec<DeviceType> = Vec::new();
    for (info, computes) in adapters {
        let index = seen.iter().filter(|kind| **kind == info.device_type).count();
        seen.push(info.device_type);
        let kind = match info.device_type {
            DeviceType::DiscreteGpu => WgpuDeviceKind::DiscreteGpu(index),
            DeviceType::IntegratedGpu => WgpuDeviceKind::IntegratedGpu(index),
            DeviceType::VirtualGpu => WgpuDeviceKind::VirtualGpu(index),
            DeviceType::Other => WgpuDeviceKind::Other(index),
            DeviceType::Cpu if index == 0 => WgpuDeviceKind::Cpu,
            DeviceType::Cpu => continue,
        };
        if computes {
            found.push(Gpu { name: info.name, software: info.device_type == DeviceType::Cpu, kind });
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
    fn each_kind_counts_from_zero_and_software_is_one() {
        let found = numbered(vec![
            adapter("a", DeviceType::IntegratedGpu),
            adapter("draws only", DeviceType::DiscreteGpu),
            adapter("b", DeviceType::DiscreteGpu),
            adapter("llvmpipe", DeviceType::Cpu),
            adapter("swiftshader", DeviceType::Cpu),
            adapter("c", DeviceType::Other),
        ]);
        let gpu = |name: &str, kind| Gpu { name: name.to_owned(), software: false, kind };
        assert_eq!(
            found,
            [
                gpu("a", WgpuDeviceKind::IntegratedGpu(0)),
                gpu("b", WgpuDeviceKind::DiscreteGpu(1)),
                Gpu { software: true, ..gpu("llvmpipe", WgpuDeviceKind::Cpu) },
                gpu("c", WgpuDeviceKind::Other(0)),
            ]
        );
    }

    /// cubecl numbers devices by a rule of its own, which may change: what it lists is what we list.
    #[test]
    fn devices_are_those_that_burn_lists() {
        let ours: Vec<Device> = all().iter().map(Gpu::device).collect();
        let theirs = Device::enumerate(burn::tensor::DeviceType::Wgpu).into_vec();
        assert!(ours.iter().all(|device| theirs.contains(device)), "{ours:?} are not among {theirs:?}");
    }
}
