//! Storage for what lies between kernels, kept from call to call.

use super::device::Device;
use super::storage::Storage;

/// Storages in the order in which they are taken: where calls take the same ones, they are made once.
#[derive(Default)]
pub(crate) struct Arena {
    storages: Vec<Storage>,
    taken: usize,
}

impl Arena {
    /// Begins anew: what was taken is free.
    pub(crate) fn begin(&mut self) {
        self.taken = 0;
    }

    /// Storage of `values` values, which hold anything.
    pub(crate) fn take(&mut self, device: &Device, values: usize) -> Storage {
        let index = self.taken;
        self.taken += 1;
        if self.storages.get(index).is_none_or(|storage| storage.values() != values.max(4)) {
            self.storages.truncate(index);
            self.storages.push(device.storage(values));
        }
        self.storages[index].clone()
    }
}
