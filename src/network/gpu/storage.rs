//! Values on a device.

use std::sync::Arc;

use wgpu::Buffer;

/// Values on a device, `f32`.
#[derive(Clone, Debug)]
pub(crate) struct Storage(Arc<Buffer>);

impl Storage {
    pub(super) fn new(buffer: Buffer) -> Self {
        Self(Arc::new(buffer))
    }

    pub(super) fn buffer(&self) -> &Buffer {
        &self.0
    }

    /// How many values it holds.
    pub(crate) fn values(&self) -> usize {
        self.0.size() as usize / 4
    }
}

impl PartialEq for Storage {
    /// Whether both are one place: what it holds is not compared.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
