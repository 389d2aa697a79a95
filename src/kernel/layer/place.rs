//! Where a layer's samples lie in the memory that layers share.

/// Where the samples of a layer lie. The memory that layers hand on holds a part of the window at a time, and a layer
/// that looks ahead is as far behind its input as it looks.
#[derive(Clone, Copy)]
pub(in crate::kernel) struct Place {
    /// Rows of the part of a window, of which samples from `first` on are computed.
    pub(in crate::kernel) rows: usize,
    /// The first row that is computed.
    pub(in crate::kernel) first: usize,
    /// How many rows before an output its sample of y lies.
    pub(in crate::kernel) behind: usize,
    /// What has to be added to a row of the part for that of the skips and the conditioner.
    pub(in crate::kernel) shift: isize,
}

impl Place {
    /// The row of the skips and the conditioner.
    #[inline(always)]
    pub(super) fn whole(self, row: usize) -> usize {
        row.wrapping_add_signed(self.shift)
    }
}
