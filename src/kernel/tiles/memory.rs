//! Large memory that is used again: that the system gives new pages costs as much time as what is computed in them.

use std::ops::{Deref, DerefMut};

use parking_lot::Mutex;

/// What was given back: all of one length.
static SPARE: Mutex<Vec<Vec<u16>>> = Mutex::new(Vec::new());

/// Values that go back when they are dropped, for the next one that asks.
pub(super) struct Memory(Vec<u16>);

impl Memory {
    /// Memory for `length` values. What they hold is not said.
    pub fn of(length: usize) -> Self {
        let mut spare = SPARE.lock();
        // Another length is wanted from now on, if at all: what is left of the last one's is given up.
        spare.retain(|values| values.len() == length);
        let found = spare.pop();
        drop(spare);
        Self(found.unwrap_or_else(|| vec![0; length]))
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        SPARE.lock().push(std::mem::take(&mut self.0));
    }
}

impl Deref for Memory {
    type Target = [u16];

    fn deref(&self) -> &[u16] {
        &self.0
    }
}

impl DerefMut for Memory {
    fn deref_mut(&mut self) -> &mut [u16] {
        &mut self.0
    }
}
