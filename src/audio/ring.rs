//! A ring addressed by absolute position.

/// The latest rows of a signal without an end, `[width]` each: row `p` lies where row `p − capacity` lay.
///
/// Whoever reads a row has to know that it is one of the latest that were written. Real-time but for [`Ring::new`].
#[derive(Clone, Debug)]
pub(crate) struct Ring {
    /// `[capacity, width]`, the capacity being a power of two.
    values: Vec<f32>,
    width: usize,
    mask: u64,
}

impl Ring {
    /// Zeros, for at least `rows` rows of `width` values.
    pub fn new(rows: usize, width: usize) -> Self {
        let capacity = rows.max(1).next_power_of_two();
        Self { values: vec![0.0; capacity * width], width, mask: capacity as u64 - 1 }
    }

    /// How many of the latest rows it holds.
    pub fn capacity(&self) -> usize {
        self.mask as usize + 1
    }

    /// Row `position`, `[width]`.
    pub fn row(&self, position: u64) -> &[f32] {
        let start = self.start(position);
        &self.values[start..start + self.width]
    }

    /// Row `position`, `[width]`, to be written.
    pub fn row_mut(&mut self, position: u64) -> &mut [f32] {
        let start = self.start(position);
        &mut self.values[start..start + self.width]
    }

    /// The value at `position` of a ring whose rows are one value wide.
    pub fn at(&self, position: u64) -> f32 {
        self.values[(position & self.mask) as usize]
    }

    /// Writes `rows`, `[count, width]`, from row `position` on.
    pub fn write(&mut self, position: u64, rows: &[f32]) {
        let start = self.start(position);
        let (first, rest) = rows.split_at(rows.len().min(self.values.len() - start));
        self.values[start..start + first.len()].copy_from_slice(first);
        self.values[..rest.len()].copy_from_slice(rest);
    }

    /// `count` rows from row `position` on, in two stretches, of which the second may be empty.
    pub fn stretches(&self, position: u64, count: usize) -> [&[f32]; 2] {
        let (start, length) = (self.start(position), count * self.width);
        let first = length.min(self.values.len() - start);
        [&self.values[start..start + first], &self.values[..length - first]]
    }

    /// Hands `count` rows from row `position` on to `each`, in two stretches.
    pub fn read(&self, position: u64, count: usize, each: impl FnMut(&[f32])) {
        self.stretches(position, count).into_iter().for_each(each);
    }

    /// Zeros everywhere.
    pub fn clear(&mut self) {
        self.values.fill(0.0);
    }

    fn start(&self, position: u64) -> usize {
        (position & self.mask) as usize * self.width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_where_their_positions_say() {
        let mut ring = Ring::new(3, 2);
        assert_eq!(ring.capacity(), 4);
        let far = u64::MAX - 5;
        for position in far..far + 5 {
            ring.write(position, &[(position - far) as f32, 0.5]);
        }
        assert_eq!((1..5).map(|row| ring.row(far + row)[0]).collect::<Vec<_>>(), [1.0, 2.0, 3.0, 4.0]);
        let mut read = Vec::new();
        ring.read(far + 1, 4, |rows| read.extend_from_slice(rows));
        assert_eq!(read, [1.0, 0.5, 2.0, 0.5, 3.0, 0.5, 4.0, 0.5]);
        ring.clear();
        assert_eq!(ring.row(far + 4), [0.0, 0.0]);
    }

    #[test]
    fn a_stretch_goes_round_the_end() {
        let mut ring = Ring::new(4, 1);
        ring.write(6, &[1.0, 2.0, 3.0, 4.0]);
        assert_eq!([6, 7, 8, 9].map(|position| ring.at(position)), [1.0, 2.0, 3.0, 4.0]);
        ring.row_mut(7)[0] = 9.0;
        let mut read = Vec::new();
        ring.read(6, 3, |rows| read.extend_from_slice(rows));
        assert_eq!(read, [1.0, 9.0, 3.0]);
    }
}
