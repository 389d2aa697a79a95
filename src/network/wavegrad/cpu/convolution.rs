//! A convolution packed for products.

use super::plane::width;
use crate::kernel::{Buffer, Matrix};

/// A convolution over rows, whose inputs have `factor` times fewer rows than its outputs.
///
/// An output row is that many rows after its group's first: its phase. Taps that fall on one input row are added up
/// before, so that a phase has as many taps as it meets rows.
pub(super) struct Convolution {
    /// Values of an output row.
    pub(super) width: usize,
    /// `[width]`
    pub(super) bias: Buffer,
    /// One per row of a group.
    pub(super) phases: Vec<Vec<Tap>>,
    pub(super) panels: Vec<Panel>,
}

/// One input row of a phase.
pub(super) struct Tap {
    /// Rows after the group's own.
    pub(super) offset: isize,
    /// Which of a panel's matrices.
    pub(super) matrix: usize,
}

/// Some columns of all matrices, `[inputs, columns]`.
pub(super) struct Panel {
    pub(super) start: usize,
    pub(super) columns: usize,
    pub(super) matrices: Vec<Matrix>,
}

/// What a convolution is packed from.
pub(super) struct Source<'a> {
    /// `[outputs, inputs, taps]`, and `[outputs]`.
    pub(super) weight: &'a [f32],
    pub(super) bias: &'a [f32],
    pub(super) inputs: usize,
    pub(super) taps: usize,
    pub(super) dilation: usize,
    /// Output rows per input row.
    pub(super) factor: usize,
    /// Parts that its outputs fall into, each of which begins a unit of 16 columns.
    pub(super) parts: usize,
}

impl Source<'_> {
    /// Packs it into panels of `panel_columns`.
    pub(super) fn pack(&self, panel_columns: usize) -> Convolution {
        let (depth, columns) = (width(self.inputs), self.columns());
        let (sets, phases) = self.phases();
        let value = |set: &[usize], input: usize, output: Option<usize>| match output {
            Some(output) if input < self.inputs => {
                let taps = &self.weight[(output * self.inputs + input) * self.taps..][..self.taps];
                set.iter().map(|tap| taps[*tap]).sum()
            }
            _ => 0.0,
        };
        let panels = Matrix::panels(columns.len(), panel_columns).map(|panel| Panel {
            start: panel.start,
            columns: panel.len(),
            matrices: sets
                .iter()
                .map(|set| {
                    Matrix::pack(depth, panel.len(), panel_columns, |input, column| {
                        value(set, input, columns[panel.start + column])
                    })
                })
                .collect(),
        });
        let mut bias = Buffer::zeroed(columns.len());
        for (value, output) in bias.iter_mut().zip(&columns) {
            *value = output.map_or(0.0, |output| self.bias[output]);
        }
        Convolution { width: columns.len(), panels: panels.collect(), bias, phases }
    }

    /// The output of every column; none for those that fill a unit up.
    fn columns(&self) -> Vec<Option<usize>> {
        let outputs = self.bias.len() / self.parts;
        let part = |part: usize| {
            (0..width(outputs)).map(move |column| (column < outputs).then_some(part * outputs + column))
        };
        (0..self.parts).flat_map(part).collect()
    }

    /// The sets of taps that are added up, and the rows that each phase meets.
    fn phases(&self) -> (Vec<Vec<usize>>, Vec<Vec<Tap>>) {
        let mut sets: Vec<Vec<usize>> = Vec::new();
        let mut phases = Vec::new();
        for phase in 0..self.factor as isize {
            let mut met: Vec<(isize, Vec<usize>)> = Vec::new();
            for tap in 0..self.taps {
                let steps = tap as isize - (self.taps / 2) as isize;
                let offset = (phase + steps * self.dilation as isize).div_euclid(self.factor as isize);
                match met.last_mut() {
                    Some((last, set)) if *last == offset => set.push(tap),
                    _ => met.push((offset, vec![tap])),
                }
            }
            let taps = met.into_iter().map(|(offset, set)| {
                let matrix = sets.iter().position(|known| *known == set).unwrap_or_else(|| {
                    sets.push(set);
                    sets.len() - 1
                });
                Tap { offset, matrix }
            });
            phases.push(taps.collect());
        }
        (sets, phases)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taps_that_fall_on_one_row_are_one() {
        let source = |taps, dilation, factor| Source {
            weight: &[],
            bias: &[],
            inputs: 0,
            taps,
            dilation,
            factor,
            parts: 1,
        };
        let met = |source: &Source| {
            let (sets, phases) = source.phases();
            let of = |taps: &Vec<Tap>| {
                taps.iter().map(|tap| (tap.offset, sets[tap.matrix].clone())).collect::<Vec<_>>()
            };
            phases.iter().map(of).collect::<Vec<_>>()
        };
        let direct = vec![vec![(-4, vec![0]), (0, vec![1]), (4, vec![2])]];
        assert_eq!(met(&source(3, 4, 1)), direct);
        let nearest = vec![
            vec![(-1, vec![0]), (0, vec![1, 2])],
            vec![(0, vec![0, 1, 2])],
            vec![(0, vec![0, 1]), (1, vec![2])],
        ];
        assert_eq!(met(&source(3, 1, 3)), nearest);
        assert_eq!(source(3, 1, 5).phases().0.len(), 5);
    }
}
