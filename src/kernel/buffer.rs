//! Memory that vectors load from without straddling cache lines.

use std::ops::{Deref, DerefMut};

/// Bytes of a cache line, and of the widest register.
const LINE: usize = 64;

/// A slice of `f32` that starts on a cache line.
#[derive(Default)]
pub(super) struct Buffer {
    values: Vec<f32>,
    start: usize,
    length: usize,
}

impl Buffer {
    /// A buffer of `length` zeros.
    pub(super) fn zeroed(length: usize) -> Self {
        let values = vec![0.0; length + LINE / size_of::<f32>()];
        let start = values.as_ptr().align_offset(LINE).min(LINE / size_of::<f32>());
        Self { values, start, length }
    }

    /// Makes room for `length` values, allocating only where there never was as much. What they hold is not said.
    pub(super) fn require(&mut self, length: usize) {
        if self.start + length > self.values.len() {
            // The old values go first: both together may be more than there is memory.
            *self = Self::default();
            *self = Self::zeroed(length);
        }
        self.length = length;
    }
}

impl Deref for Buffer {
    type Target = [f32];

    #[inline(always)]
    fn deref(&self) -> &[f32] {
        &self.values[self.start..self.start + self.length]
    }
}

impl DerefMut for Buffer {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.values[self.start..self.start + self.length]
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
