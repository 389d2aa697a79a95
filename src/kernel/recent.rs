//! What depends on a few numbers alone, kept for those seen last.

use super::buffer::Buffer;

/// Some values for each of the keys seen last.
#[derive(Clone)]
pub(crate) struct Recent {
    kept: Vec<(Buffer, Buffer)>,
    oldest: usize,
}

impl Recent {
    /// Room for so many `keys` of `key_values` numbers, `values` for each.
    pub(crate) fn new(keys: usize, key_values: usize, values: usize) -> Self {
        let nothing = |_| {
            let mut key = Buffer::zeroed(key_values);
            // Equal to nothing.
            key.fill(f32::NAN);
            (key, Buffer::zeroed(values))
        };
        Self { kept: (0..keys).map(nothing).collect(), oldest: 0 }
    }

    /// The values of `key`, which `compute` writes over the oldest ones where they are not kept.
    pub(crate) fn of(&mut self, key: &[f32], compute: impl FnOnce(&mut [f32])) -> &[f32] {
        let found = self.kept.iter().position(|(kept, _)| **kept == *key);
        let index = found.unwrap_or_else(|| {
            let index = self.oldest;
            let (kept, values) = &mut self.kept[index];
            kept.copy_from_slice(key);
            compute(values);
            self.oldest = (index + 1) % self.kept.len();
            index
        });
        &self.kept[index].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_computed_again_once_others_took_their_place() {
        let mut recent = Recent::new(2, 2, 1);
        let mut computed = Vec::new();
        for level in [1.0, 2.0, 1.0, 3.0, 2.0, 1.0] {
            let values = recent.of(&[0.5, level], |values| {
                values[0] = 10.0 * level;
                computed.push(level);
            });
            assert_eq!(values, [10.0 * level]);
        }
        assert_eq!(computed, [1.0, 2.0, 3.0, 1.0]);
    }
}
