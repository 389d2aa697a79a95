//! Kernels: WGSL with its constants, compiled for a device.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use parking_lot::Mutex;
use wgpu::{
    AdapterInfo, BindGroupLayout, BindGroupLayoutDescriptor, BindGroupLayoutEntry, BindingType,
    BufferBindingType, ComputePipeline, ComputePipelineDescriptor, Device, PipelineCache,
    PipelineCompilationOptions, PipelineLayoutDescriptor, ShaderModuleDescriptor, ShaderSource, ShaderStages,
};

use super::cache::PipelineFile;
use super::packing::WORKGROUP;

/// What a kernel does with storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It reads it.
    Read,
    /// It writes it, and may read it.
    Write,
}

/// A compiled kernel. Its parameters are binding 0 of group 0, its storages those of group 1.
pub(crate) struct Kernel {
    pub(super) pipeline: ComputePipeline,
    pub(super) parameters: BindGroupLayout,
    pub(super) storages: BindGroupLayout,
}

/// The kernels of a device, each compiled once.
pub(super) struct Kernels {
    pipelines: PipelineFile,
    /// By their text.
    compiled: Mutex<HashMap<String, Arc<Kernel>>>,
}

impl Kernels {
    /// Those of `device`: none yet.
    pub(super) fn new(info: &AdapterInfo, device: &Device) -> Self {
        Self { pipelines: PipelineFile::open(info, device), compiled: Mutex::default() }
    }

    /// The kernel `main` of `source`, which takes storages as `accesses` say, with `constants` and `WORKGROUP` in front
    /// of it.
    pub(super) fn get(
        &self,
        device: &Device,
        label: &str,
        source: &str,
        constants: &[(&str, u32)],
        accesses: &[Access],
    ) -> Arc<Kernel> {
        let mut text = String::new();
        let workgroup = ("WORKGROUP", WORKGROUP as u32);
        for (name, value) in constants.iter().chain([&workgroup]) {
            writeln!(text, "const {name}: u32 = {value}u;").expect("a string takes what is written");
        }
        text.push_str(source);
        let mut compiled = self.compiled.lock();
        let kernel = compiled.entry(text).or_insert_with_key(|text| {
            Arc::new(Kernel::compiled(device, self.pipelines.cache(), label, text, accesses))
        });
        Arc::clone(kernel)
    }

    /// Keeps what was compiled so far for the next process.
    pub(super) fn keep(&self) {
        self.pipelines.keep();
    }
}

impl Kernel {
    fn compiled(
        device: &Device,
        cache: Option<&PipelineCache>,
        label: &str,
        text: &str,
        accesses: &[Access],
    ) -> Self {
        let layout = |entries: &[BindGroupLayoutEntry]| {
            device.create_bind_group_layout(&BindGroupLayoutDescriptor { label: None, entries })
        };
        let entry = |binding: u32, ty: BufferBindingType, has_dynamic_offset: bool| BindGroupLayoutEntry {
            binding,
            visibility: ShaderStages::COMPUTE,
            ty: BindingType::Buffer { ty, has_dynamic_offset, min_binding_size: None },
            count: None,
        };
        let parameters = layout(&[entry(0, BufferBindingType::Uniform, true)]);
        let entries = (0..).zip(accesses).map(|(binding, access)| {
            let read_only = *access == Access::Read;
            entry(binding, BufferBindingType::Storage { read_only }, false)
        });
        let storages = layout(&entries.collect::<Vec<_>>());
        let pipeline_layout = device.create_pipeline_layout(&PipelineLayoutDescriptor {
            bind_group_layouts: &[Some(&parameters), Some(&storages)],
            ..PipelineLayoutDescriptor::default()
        });
        let module = device.create_shader_module(ShaderModuleDescriptor {
            label: Some(label),
            source: ShaderSource::Wgsl(text.into()),
        });
        let pipeline = device.create_compute_pipeline(&ComputePipelineDescriptor {
            label: Some(label),
            layout: Some(&pipeline_layout),
            module: &module,
            entry_point: Some("main"),
            // Every kernel writes what it reads of a workgroup's memory.
            compilation_options: PipelineCompilationOptions {
                zero_initialize_workgroup_memory: false,
                ..PipelineCompilationOptions::default()
            },
            cache,
        });
        Self { pipeline, parameters, storages }
    }
}
