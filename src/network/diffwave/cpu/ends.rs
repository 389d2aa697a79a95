//! Both ends of the network: its input projection, and from the sum of skips to the predicted noise.

use super::blocks::{Scratch, block_rows, row_blocks};
use super::packed::Packed;
use crate::kernel::{Lanes, SharedRows, UNIT, Work};

/// The input projection: relu(x·w + b), plus the first layer's projection of the step.
pub(super) struct Entry<'a> {
    /// The weights.
    pub(super) packed: &'a Packed,
    /// The signal, `[rows]`.
    pub(super) x: &'a [f32],
    /// The first layer's projection of the step, `[width]`.
    pub(super) step: &'a [f32],
    /// The first layer's input, `[rows, width]`.
    pub(super) output: SharedRows<'a>,
}

impl Work for Entry<'_> {
    type Scratch = Scratch;

    fn blocks(&self) -> usize {
        row_blocks(self.x.len())
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, _: &mut Scratch) {
        let [weight, bias] = &self.packed.entry;
        for row in block_rows(block, self.x.len()) {
            let x = V::splat(self.x[row]);
            // SAFETY: blocks have no row in common.
            let output = unsafe { self.output.row(row) };
            let mut column = 0;
            while column < self.packed.width {
                let (weight, bias) = (V::load(&weight[column..]), V::load(&bias[column..]));
                let projected = x.mul_add(weight, bias).max(V::splat(0.0));
                let sum = projected.add(V::load(&self.step[column..]));
                sum.store(&mut output[column..]);
                column += V::LANES;
            }
        }
    }
}

/// From the sum of skips, which the skip projection is part of, to the predicted noise: a relu and the output projection.
pub(super) struct Exit<'a> {
    /// The weights.
    pub(super) packed: &'a Packed,
    /// The sum of all skips, `[rows, width]`.
    pub(super) skips: &'a [f32],
    /// The predicted noise, `[rows, 1]`.
    pub(super) eps: SharedRows<'a>,
}

impl Exit<'_> {
    fn rows(&self) -> usize {
        self.skips.len() / self.packed.width
    }
}

impl Work for Exit<'_> {
    type Scratch = Scratch;

    fn blocks(&self) -> usize {
        row_blocks(self.rows())
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, _: &mut Scratch) {
        let (packed, width) = (self.packed, self.packed.width);
        for row in block_rows(block, self.rows()) {
            let skips = &self.skips[row * width..][..width];
            let mut sums = V::splat(0.0);
            let mut column = 0;
            while column < width {
                let hidden = V::load(&skips[column..]).max(V::splat(0.0));
                sums = hidden.mul_add(V::load(&packed.output[column..]), sums);
                column += V::LANES;
            }
            let mut lanes = [0.0; UNIT];
            sums.store(&mut lanes[..V::LANES]);
            // SAFETY: blocks have no row in common.
            let eps = unsafe { self.eps.row(row) };
            eps[0] = lanes.iter().sum::<f32>() + packed.output_bias;
        }
    }
}
