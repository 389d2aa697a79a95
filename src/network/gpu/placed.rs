//! Histories that stay on the device.

use std::sync::Arc;

use super::device::Device;
use super::recording::Recording;
use super::storage::Storage;
use crate::diffusion::History;
use crate::{Error, Result};

/// The histories of a batch, one window's after the other: as they were, and as they come to be.
pub(crate) struct Histories {
    values: usize,
    before: Storage,
    after: Storage,
}

impl Histories {
    /// The history of nothing, of `values` values.
    pub(crate) fn nothing(device: &Device, values: usize) -> History {
        History::Placed(Arc::new(device.storage(values)))
    }

    /// Records that the `histories`, of `values` values each, come together; none where there are none.
    ///
    /// # Errors
    /// Where one of them is none of this device's, or of another network's.
    pub(crate) fn gathered(
        recording: &mut Recording,
        device: &Device,
        histories: &[&History],
        values: usize,
    ) -> Result<Option<Self>> {
        if histories.is_empty() {
            return Ok(None);
        }
        let storages = histories.iter().map(|history| storage(history, values)).collect::<Result<Vec<_>>>()?;
        let after = device.storage(storages.len() * values);
        let before = match &storages[..] {
            [lone] => (*lone).clone(),
            several => {
                let before = device.storage(several.len() * values);
                for (index, storage) in several.iter().enumerate() {
                    recording.copy((storage, 0), (&before, index * values), values);
                }
                before
            }
        };
        Ok(Some(Self { values, before, after }))
    }

    /// What is read and what is written.
    pub(crate) fn storages(&self) -> [&Storage; 2] {
        [&self.before, &self.after]
    }

    /// Records that every window gets its own.
    pub(crate) fn scattered(&self, recording: &mut Recording, device: &Device, windows: usize) -> Vec<Storage> {
        match windows {
            1 => vec![self.after.clone()],
            _ => (0..windows)
                .map(|index| {
                    let own = device.storage(self.values);
                    recording.copy((&self.after, index * self.values), (&own, 0), self.values);
                    own
                })
                .collect(),
        }
    }
}

/// Puts `storages`, which have been written, in the place of `histories`.
pub(super) fn replace<'h>(histories: impl Iterator<Item = &'h mut History>, storages: Vec<Storage>) {
    for (history, storage) in histories.zip(storages) {
        *history = History::Placed(Arc::new(storage));
    }
}

fn storage(history: &History, values: usize) -> Result<&Storage> {
    let placed = match history {
        History::Placed(placed) => placed.downcast_ref::<Storage>(),
        History::Values(_) => None,
    };
    placed.filter(|storage| storage.values() == values).ok_or_else(|| {
        let found =
            placed.map_or("one of another device".to_owned(), |found| format!("{} values", found.values()));
        Error::invalid("GPU", "history", found, format!("{values} values of this device"))
    })
}
