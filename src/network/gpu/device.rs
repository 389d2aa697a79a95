//! An open device: one per adapter and process, which all networks on it share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use wgpu::{BufferDescriptor, BufferUsages, DeviceDescriptor, Features, PollType, Queue};

use super::adapters::Gpu;
use super::kernel::{Access, Kernel, Kernels};
use super::storage::Storage;
use crate::{Error, Result};

/// What devices have been given to do so far, for a bench to count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GpuWork {
    /// Kernels that were started.
    pub dispatches: u64,
    /// Times that the driver was given a list of them.
    pub submissions: u64,
    /// Nanoseconds that it took to write these lists and hand them over.
    pub written_ns: u64,
    /// Nanoseconds that were then waited for what the devices had found.
    pub waited_ns: u64,
}

static WORK: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];

impl GpuWork {
    /// That of all devices since the process began.
    pub fn so_far() -> Self {
        let [dispatches, submissions, written_ns, waited_ns] =
            WORK.each_ref().map(|work| work.load(Ordering::Relaxed));
        Self { dispatches, submissions, written_ns, waited_ns }
    }

    pub(super) fn count(dispatches: usize, written: Duration, waited: Duration) {
        let [written_ns, waited_ns] = [written, waited].map(|time| time.as_nanos() as u64);
        for (work, more) in WORK.iter().zip([dispatches as u64, 1, written_ns, waited_ns]) {
            work.fetch_add(more, Ordering::Relaxed);
        }
    }
}

/// A device that is open.
pub(crate) struct Device {
    name: String,
    pub(super) device: wgpu::Device,
    pub(super) queue: Queue,
    kernels: Kernels,
    failure: Arc<Failure>,
}

/// What has gone wrong with a device. Nothing is expected of it afterwards.
#[derive(Default)]
struct Failure {
    /// That it is gone.
    lost: OnceLock<String>,
    /// The first thing that it refused.
    wrong: OnceLock<String>,
}

impl Failure {
    /// The reason; none where all is well.
    fn get(&self) -> Option<&str> {
        self.lost.get().or(self.wrong.get()).map(String::as_str)
    }
}

/// The devices that are open now.
static OPEN: Mutex<Vec<(Gpu, Weak<Device>)>> = Mutex::new(Vec::new());

impl Device {
    /// Opens the device, or finds it open. One that has failed is opened anew.
    ///
    /// # Errors
    /// Where it is gone, or does not open.
    pub(crate) fn open(gpu: &Gpu) -> Result<Arc<Self>> {
        let mut open = OPEN.lock();
        open.retain(|(_, device)| device.upgrade().is_some_and(|device| device.failure.get().is_none()));
        if let Some(device) =
            open.iter().find(|(other, _)| other == gpu).and_then(|(_, device)| device.upgrade())
        {
            return Ok(device);
        }
        let device = Arc::new(Self::opened(gpu)?);
        open.push((gpu.clone(), Arc::downgrade(&device)));
        Ok(device)
    }

    fn opened(gpu: &Gpu) -> Result<Self> {
        let failed = |reason: String| Error::Device { device: gpu.to_string(), reason };
        let adapter = gpu.adapter().ok_or_else(|| failed("it is gone".to_owned()))?;
        let descriptor = DeviceDescriptor {
            label: Some("remel"),
            required_features: adapter.features() & Features::PIPELINE_CACHE,
            required_limits: adapter.limits(),
            ..DeviceDescriptor::default()
        };
        let opened = pollster::block_on(adapter.request_device(&descriptor));
        let (device, queue) = opened.map_err(|e| failed(format!("does not open: {e}")))?;
        let failure = Arc::new(Failure::default());
        let (lost, wrong) = (Arc::clone(&failure), Arc::clone(&failure));
        device.set_device_lost_callback(move |_, message| {
            lost.lost.get_or_init(|| format!("lost: {message}"));
        });
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            wrong.wrong.get_or_init(|| match error {
                wgpu::Error::OutOfMemory { .. } => "out of memory".to_owned(),
                // wgpu writes in paragraphs.
                other => other.to_string().split_whitespace().collect::<Vec<_>>().join(" "),
            });
        }));
        let kernels = Kernels::new(&adapter.get_info(), &device);
        Ok(Self { name: gpu.to_string(), device, queue, kernels, failure })
    }

    /// The kernel `main` of `source`, which takes storages as `accesses` say, with `constants` in front of it; compiled once.
    pub(crate) fn kernel(
        &self,
        label: &str,
        source: &str,
        constants: &[(&str, u32)],
        accesses: &[Access],
    ) -> Arc<Kernel> {
        self.kernels.get(&self.device, label, source, constants, accesses)
    }

    /// Keeps the kernels that were compiled so far for the next process. Where that fails it has to compile them again.
    pub(crate) fn keep_kernels(&self) {
        self.kernels.keep();
    }

    /// Storage that holds `values`.
    pub(crate) fn storage_of(&self, values: &[f32]) -> Storage {
        let storage = self.storage(values.len());
        // Not by a buffer that is mapped as it is made, which panics where the device is lost.
        self.queue.write_buffer(storage.buffer(), 0, bytemuck::cast_slice(values));
        storage
    }

    /// Storage that holds `words`.
    pub(crate) fn storage_of_words(&self, words: &[u32]) -> Storage {
        self.storage_of(bytemuck::cast_slice(words))
    }

    /// Storage of `values` zeros.
    pub(crate) fn storage(&self, values: usize) -> Storage {
        Storage::new(self.device.create_buffer(&BufferDescriptor {
            label: None,
            size: (values.max(4) * 4) as u64,
            usage: BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        }))
    }

    /// What has gone wrong so far.
    ///
    /// # Errors
    /// The first thing that has.
    pub(crate) fn check(&self) -> Result<()> {
        if self.failure.get().is_none() {
            return Ok(());
        }
        // That it is lost is told late, after what goes wrong because of it.
        let _ = self.device.poll(PollType::Poll);
        let reason = self.failure.get().unwrap_or_default().to_owned();
        Err(Error::Device { device: self.name.clone(), reason })
    }

    /// Waits until all is done that was submitted.
    ///
    /// # Errors
    /// Where the device has failed.
    pub(super) fn wait(&self) -> Result<()> {
        let polled = self.device.poll(PollType::wait_indefinitely());
        self.check()?;
        polled.map_err(|e| Error::Device { device: self.name.clone(), reason: e.to_string() })?;
        Ok(())
    }

    /// The device of `gpu`, if it is open.
    fn found(gpu: &Gpu) -> Option<Arc<Self>> {
        OPEN.lock().iter().find(|(other, _)| other == gpu).and_then(|(_, device)| device.upgrade())
    }
}

/// What tests do to a device that is open, for all that is on it.
#[doc(hidden)]
impl Gpu {
    /// Loses the device, as a driver does that is reset.
    pub fn lose(&self) {
        if let Some(device) = Device::found(self) {
            device.device.destroy();
        }
    }

    /// Asks the device for more memory than it has.
    pub fn exhaust(&self) {
        if let Some(device) = Device::found(self) {
            let all = device.device.limits().max_buffer_size;
            drop(device.storage((all / 4) as usize + 1));
        }
    }
}
