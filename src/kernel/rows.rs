//! Rows of a matrix that several threads write, each its own.

use std::marker::PhantomData;

/// A matrix `[rows, width]` whose rows are written through a shared reference.
pub(super) struct SharedRows<'a> {
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
    pub(super) fn new(values: &'a mut [f32], width: usize) -> Self {
        Self { values: values.as_mut_ptr(), rows: values.len() / width, width, owner: PhantomData }
    }

    /// Row `index`, `[width]`.
    ///
    /// # Safety
    /// Nobody else, on this or another thread, may hold the same row.
    #[inline(always)]
    #[expect(clippy::mut_from_ref, reason = "rows are told apart by their index, for which the caller answers")]
    pub(super) unsafe fn row(&self, index: usize) -> &mut [f32] {
        assert!(index < self.rows, "no such row");
        // SAFETY: the row lies inside of the borrowed values, and the caller holds it alone.
        unsafe { std::slice::from_raw_parts_mut(self.values.add(index * self.width), self.width) }
    }
}
