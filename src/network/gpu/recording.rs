//! Kernels in their order, handed to the device at once.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Instant;

use wgpu::{
    BindGroup, BindGroupDescriptor, BindGroupEntry, BindingResource, Buffer, BufferBinding, BufferDescriptor,
    BufferUsages, CommandEncoder, CommandEncoderDescriptor, ComputePass, ComputePassDescriptor, MapMode,
};

use super::device::{Device, GpuWork};
use super::kernel::Kernel;
use super::packing::WORKGROUP;
use super::storage::Storage;
use crate::{Error, Result};

/// Most workgroups of a dispatch along one axis, which every device takes.
const MOST_GROUPS: usize = 65_535;
/// The most parameters of a kernel, in words.
const PARAMETERS: usize = 32;

/// One thing to do.
enum Step {
    Dispatch { kernel: Arc<Kernel>, storages: Vec<Storage>, parameters: usize, groups: usize },
    Copy { from: (Storage, usize), to: (Storage, usize), values: usize },
}

/// Kernels and copies in their order, each after what the one before has written.
pub(crate) struct Recording {
    device: Arc<Device>,
    steps: Vec<Step>,
    /// Those of every dispatch, at the distance that the device asks for.
    parameters: Vec<u32>,
    /// That distance, in words.
    apart: usize,
}

impl Recording {
    /// Nothing yet.
    pub(crate) fn new(device: &Arc<Device>) -> Self {
        let apart = device.device.limits().min_uniform_buffer_offset_alignment as usize / 4;
        Self {
            device: Arc::clone(device),
            steps: Vec::new(),
            parameters: Vec::new(),
            apart: apart.max(PARAMETERS),
        }
    }

    /// Starts `kernel` in `groups` workgroups on `storages`. It gets `parameters` as words.
    pub(crate) fn dispatch(
        &mut self,
        kernel: &Arc<Kernel>,
        storages: &[&Storage],
        parameters: &[u32],
        groups: usize,
    ) {
        if groups == 0 {
            return;
        }
        let at = self.parameters.len();
        self.parameters.extend_from_slice(parameters);
        self.parameters.resize(at + self.apart, 0);
        let storages = storages.iter().map(|storage| (*storage).clone()).collect();
        self.steps.push(Step::Dispatch { kernel: Arc::clone(kernel), storages, parameters: at, groups });
    }

    /// The same in a thread for each of `items`.
    pub(crate) fn dispatch_items(
        &mut self,
        kernel: &Arc<Kernel>,
        storages: &[&Storage],
        parameters: &[u32],
        items: usize,
    ) {
        self.dispatch(kernel, storages, parameters, items.div_ceil(WORKGROUP));
    }

    /// The device.
    pub(crate) fn device(&self) -> &Arc<Device> {
        &self.device
    }

    /// Copies `values` values from one place to another.
    pub(crate) fn copy(&mut self, from: (&Storage, usize), to: (&Storage, usize), values: usize) {
        let place = |(storage, at): (&Storage, usize)| (storage.clone(), at);
        self.steps.push(Step::Copy { from: place(from), to: place(to), values });
    }

    /// Hands everything over and waits for it. Gives the first `values` values of `result`.
    ///
    /// # Errors
    /// Where the device has failed.
    pub(crate) fn read(self, result: &Storage, values: usize) -> Result<Vec<f32>> {
        let device = Arc::clone(&self.device);
        let dispatches = self.steps.iter().filter(|step| matches!(step, Step::Dispatch { .. })).count();
        let begun = Instant::now();
        let size = (values.max(1) * 4) as u64;
        let staging = device.device.create_buffer(&BufferDescriptor {
            label: None,
            size,
            usage: BufferUsages::MAP_READ | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = self.encoded();
        encoder.copy_buffer_to_buffer(result.buffer(), 0, &staging, 0, size);
        device.queue.submit([encoder.finish()]);
        device.check()?;
        let written = begun.elapsed();
        let (sender, receiver) = mpsc::channel();
        staging.slice(..).map_async(MapMode::Read, move |mapped| {
            // Nobody listens where waiting has failed.
            let _ = sender.send(mapped);
        });
        device.wait()?;
        let failed = |reason: String| Error::Device { device: "GPU".to_owned(), reason };
        let mapped = receiver.recv().map_err(|e| failed(e.to_string()))?;
        mapped.map_err(|e| failed(e.to_string()))?;
        let view = staging.slice(..).get_mapped_range().map_err(|e| failed(e.to_string()))?;
        let found = bytemuck::cast_slice(&view)[..values].to_vec();
        drop(view);
        staging.unmap();
        GpuWork::count(dispatches, written, begun.elapsed() - written);
        Ok(found)
    }

    /// All steps as the driver takes them.
    fn encoded(self) -> CommandEncoder {
        let device = &self.device.device;
        let buffer = device.create_buffer(&BufferDescriptor {
            label: None,
            size: (self.parameters.len().max(1) * 4) as u64,
            usage: BufferUsages::UNIFORM | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.device.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(&self.parameters));
        let mut encoder = device.create_command_encoder(&CommandEncoderDescriptor::default());
        let (mut pass, mut group): (Option<ComputePass<'static>>, Option<BindGroup>) = (None, None);
        for step in self.steps {
            match step {
                Step::Dispatch { kernel, storages, parameters, groups } => {
                    let bound = bound(device, &kernel, &storages);
                    // Their layout is the same for all kernels.
                    let group = &*group.get_or_insert_with(|| parameters_of(device, &kernel, &buffer));
                    let pass = pass.get_or_insert_with(|| {
                        encoder.begin_compute_pass(&ComputePassDescriptor::default()).forget_lifetime()
                    });
                    pass.set_pipeline(&kernel.pipeline);
                    pass.set_bind_group(0, group, &[parameters as u32 * 4]);
                    pass.set_bind_group(1, &bound, &[]);
                    let rows = groups.div_ceil(MOST_GROUPS);
                    pass.dispatch_workgroups(groups.div_ceil(rows) as u32, rows as u32, 1);
                }
                Step::Copy { from, to, values } => {
                    // A pass holds kernels alone.
                    pass = None;
                    let [at, into] = [from.1, to.1].map(|at| at as u64 * 4);
                    encoder.copy_buffer_to_buffer(from.0.buffer(), at, to.0.buffer(), into, values as u64 * 4);
                }
            }
        }
        drop(pass);
        encoder
    }
}

/// The parameters of all dispatches, of which each takes those at an offset.
fn parameters_of(device: &wgpu::Device, kernel: &Kernel, buffer: &Buffer) -> BindGroup {
    let size = NonZeroU64::new(PARAMETERS as u64 * 4);
    let resource = BindingResource::Buffer(BufferBinding { buffer, offset: 0, size });
    device.create_bind_group(&BindGroupDescriptor {
        label: None,
        layout: &kernel.parameters,
        entries: &[BindGroupEntry { binding: 0, resource }],
    })
}

/// The storages of a dispatch.
fn bound(device: &wgpu::Device, kernel: &Kernel, storages: &[Storage]) -> BindGroup {
    let entries = (0..)
        .zip(storages)
        .map(|(binding, storage)| BindGroupEntry { binding, resource: storage.buffer().as_entire_binding() });
    device.create_bind_group(&BindGroupDescriptor {
        label: None,
        layout: &kernel.storages,
        entries: &entries.collect::<Vec<_>>(),
    })
}
