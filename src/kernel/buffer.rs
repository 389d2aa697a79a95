//! Memory that bodies work on: aligned for their registers, and rows of it that several threads write.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use aligned_vec::{AVec, ConstAlign};

/// Bytes of a cache line, and of the widest register.
const LINE: usize = 64;

/// A slice of `f32` that starts on a cache line, so that no vector straddles two.
#[derive(Clone)]
pub(crate) struct Buffer {
    /// As many as were ever asked for.
    values: AVec<f32, ConstAlign<LINE>>,
    length: usize,
}

impl Buffer {
    /// A buffer of `length` zeros.
    pub(crate) fn zeroed(length: usize) -> Self {
        let mut values = AVec::with_capacity(LINE, length);
        values.resize(length, 0.0);
        Self { values, length }
    }

    /// Values that there is room for.
    pub(crate) fn capacity(&self) -> usize {
        self.values.len()
    }

    /// Makes room for `length` values, allocating only where there never was as much. What they hold is not said.
    pub(crate) fn require(&mut self, length: usize) {
        if length > self.values.len() {
            // The old values go first: both together may be more than there is memory.
            *self = Self::default();
            *self = Self::zeroed(length);
        }
        self.length = length;
    }
}

impl Default for Buffer {
    fn default() -> Self {
        Self::zeroed(0)
    }
}

impl Deref for Buffer {
    type Target = [f32];

    #[inline(always)]
    fn deref(&self) -> &[f32] {
        &self.values[..self.length]
    }
}

impl DerefMut for Buffer {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.values[..self.length]
    }
}

/// A matrix `[rows, width]` whose rows are written through a shared reference, each by one thread.
pub(crate) struct SharedRows<'a> {
    values: *mut f32,
    rows: usize,
    width: usize,
    owner: PhantomData<&'a mut [f32]>,
}

// SAFETY: the pointer stands for an exclusive borrow of plain numbers, and `row` leaves it to its callers that no two
// threads hold the same row.
unsafe impl Send for SharedRows<'_> {}
// SAFETY: as above.
unsafe impl Sync for SharedRows<'_> {}

impl<'a> SharedRows<'a> {
    /// The rows of `values`, which the result borrows for itself alone.
    pub(crate) fn new(values: &'a mut [f32], width: usize) -> Self {
        Self { values: values.as_mut_ptr(), rows: values.len() / width, width, owner: PhantomData }
    }

    /// Row `index`, `[width]`.
    ///
    /// # Safety
    /// Nobody else, on this or another thread, may hold the same row.
    #[inline(always)]
    #[expect(clippy::mut_from_ref, reason = "rows are told apart by their index, for which the caller answers")]
    pub(crate) unsafe fn row(&self, index: usize) -> &mut [f32] {
        assert!(index < self.rows, "no such row");
        // SAFETY: the row lies inside of the borrowed values, and the caller holds it alone.
        unsafe { std::slice::from_raw_parts_mut(self.values.add(index * self.width), self.width) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_start_on_a_cache_line_and_keep_their_memory() {
        let mut buffer = Buffer::zeroed(100);
        let place = buffer.as_ptr();
        assert_eq!((place as usize % LINE, buffer.len()), (0, 100));
        buffer.require(7);
        buffer.require(100);
        assert_eq!((buffer.as_ptr(), buffer.len()), (place, 100));
        buffer.require(100_000);
        assert_eq!((buffer.as_ptr() as usize % LINE, buffer.len()), (0, 100_000));
    }
}
