//! What a causal network keeps of its windows, so that later predictions go on from there.

/// The last rows of a layer's input before every window: as many as lie between an output and its first tap.
#[derive(Clone, Copy)]
pub(super) struct History<'a> {
    /// What each window keeps, for all layers; empty where windows begin with zeros.
    pub(super) windows: &'a [&'a mut [f32]],
    /// Where this layer's part of it begins.
    pub(super) start: usize,
}

impl<'a> History<'a> {
    /// The rows before `window`; none where it begins with zeros.
    #[inline(always)]
    pub(super) fn before(self, window: usize) -> Option<&'a [f32]> {
        self.windows.get(window).map(|kept| &kept[self.start..])
    }
}

/// Moves one layer's rows on to the end of its `input`: what no longer fits goes out at their start.
pub(super) fn shift_in(rows: &mut [f32], input: &[f32]) {
    match rows.len().checked_sub(input.len()) {
        Some(kept) => {
            rows.copy_within(input.len().., 0);
            rows[kept..].copy_from_slice(input);
        }
        None => rows.copy_from_slice(&input[input.len() - rows.len()..]),
    }
}
