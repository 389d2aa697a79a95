//! What depends on a level alone, kept for the levels seen last.

use super::buffer::Buffer;

/// Some values for each of the levels seen last.
pub(crate) struct Recent {
    kept: Vec<(f32, Buffer)>,
    oldest: usize,
}

impl Recent {
    /// Room for so many `levels`, `values` for each.
    pub(crate) fn new(levels: usize, values: usize) -> Self {
        let nothing = |_| (f32::NAN, Buffer::zeroed(values));
        Self { kept: (0..levels).map(nothing).collect(), oldest: 0 }
    }

    /// The values of `level`, which `compute` writes over the oldest ones where they are not kept.
    pub(crate) fn of(&mut self, level: f32, compute: impl FnOnce(&mut [f32])) -> &[f32] {
        let found = self.kept.iter().position(|(kept, _)| *kept == level);
        let index = found.unwrap_or_else(|| {
            let index = self.oldest;
            let (kept, values) = &mut self.kept[index];
            *kept = level;
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
    fn a_level_is_computed_again_once_others_took_its_place() {
        let mut recent = Recent::new(2, 1);
        let mut computed = Vec::new();
        for level in [1.0, 2.0, 1.0, 3.0, 2.0, 1.0] {
            let values = recent.of(level, |values| {
                values[0] = 10.0 * level;
                computed.push(level);
            });
            assert_eq!(values, [10.0 * level]);
        }
        assert_eq!(computed, [1.0, 2.0, 3.0, 1.0]);
    }
}
