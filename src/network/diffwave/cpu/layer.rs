//! A residual layer on a block of time: everything of it between reading its input and writing the next layer's
//! stays in the second cache.

use super::blocks::{Block, Scratch, Tiling};
use super::conditioner::Conditioner;
use super::edges::{Product, Residual, Skips};
use super::input::{LayerInput, Offsets, ZEROS};
use super::label::LayerBiases;
use super::lattice::{gate_tile, transform_tile};
use super::packed::{Packed, PackedLayer};
use super::winograd::{MOST_PRODUCTS, outputs_of, products_of};
use crate::kernel::{Biased, Lanes, SharedRows, UNIT, Work, multiply, units};

/// A residual layer on all windows of a batch. Rows are samples, window after window.
///
/// Its input y = x + p already holds the layer's own projection p of the step, as does what it writes: with the
/// residual r and the scale s, x' = s·(x + r), so y' = s·y + s·r + (p' − s·p), whose last terms are a constant. The
/// convolution sees y within a window and zeros outside of it, exactly as if x had been padded after adding p.
pub(super) struct Layer<'a> {
    /// All weights, for the sizes.
    pub(super) packed: &'a Packed,
    /// The layer's weights.
    pub(super) weights: &'a PackedLayer,
    /// The samples that are computed, in blocks.
    pub(super) tiling: Tiling,
    /// Where they are.
    pub(super) offsets: Offsets,
    /// y.
    pub(super) input: LayerInput<'a>,
    /// The next layer's y and the constant in it, `[width]`; none for the last layer.
    pub(super) next: Option<(SharedRows<'a>, &'a [f32])>,
    /// s.
    pub(super) residual_scale: f32,
    /// The sum of skips so far, which the first layer starts, `[rows, width]`.
    pub(super) skips: SharedRows<'a>,
    /// Whether this is the first layer.
    pub(super) is_first: bool,
    /// The conditioner.
    pub(super) conditioner: Conditioner<'a>,
    /// Biases of the gated sum, where they are not in the conditioner already.
    pub(super) biases: LayerBiases<'a>,
}

impl Work for Layer<'_> {
    type Scratch = Scratch;

    fn blocks(&self) -> usize {
        self.tiling.blocks()
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, index: usize, scratch: &mut Scratch) {
        match self.tiling.run.pairs {
            1 => self.run_tiles::<V, 1>(index, scratch),
            2 => self.run_tiles::<V, 2>(index, scratch),
            _ => self.run_tiles::<V, 3>(index, scratch),
        }
    }
}

impl Layer<'_> {
    /// Computes one block in tiles with this many pairs of points.
    #[inline(always)]
    fn run_tiles<V: Lanes, const PAIRS: usize>(&self, index: usize, scratch: &mut Scratch) {
        let block = self.tiling.block(index);
        self.transform::<V, PAIRS>(&block, scratch);
        self.multiply::<V, PAIRS>(&block, scratch);
        self.condition::<V>(&block, scratch);
        self.gate::<V, PAIRS>(&block, scratch);
        self.output::<V>(&block, scratch);
    }

    /// Reads the tiles' inputs and writes the factors of their products; lists the rows that are computed.
    #[inline(always)]
    fn transform<V: Lanes, const PAIRS: usize>(&self, block: &Block, scratch: &mut Scratch) {
        let (dilation, width) = (self.weights.dilation, self.packed.width);
        let origin = block.window * self.offsets.rows + self.offsets.first;
        scratch.rows.clear();
        for (tile, start) in self.tiling.tile_starts(block).enumerate() {
            let mut inputs = [units(&ZEROS[..width]); MOST_PRODUCTS];
            for (tap, input) in inputs.iter_mut().enumerate().take(products_of(PAIRS)) {
                if let Some(row) = self.input.row(block.window, self.offsets.first + start + tap * dilation) {
                    *input = units(row);
                }
            }
            for output in 0..outputs_of(PAIRS) {
                if start + output * dilation < self.tiling.run.samples {
                    scratch.rows.push(origin + start + output * dilation);
                }
            }
            let stride = Scratch::stride(width);
            transform_tile::<V, PAIRS>(inputs, &mut scratch.factors[tile * stride..][..MOST_PRODUCTS * width]);
        }
    }

    /// From the factors to the products of the tiles.
    #[inline(always)]
    fn multiply<V: Lanes, const PAIRS: usize>(&self, block: &Block, scratch: &mut Scratch) {
        let (channels, width) = (self.packed.channels, self.packed.width);
        for (product, matrix) in self.weights.dilated.iter().enumerate().take(products_of(PAIRS)) {
            let (factors, stride) = (&scratch.factors[product * width..], Scratch::stride(width));
            let row = |tile: usize| &factors[tile * stride..][..channels];
            let rows = &mut scratch.products[product * 2 * width..];
            let ahead = match self.conditioner {
                Conditioner::Projected(all) => (all, scratch.rows.get(product * block.tiles..).unwrap_or(&[])),
                _ => (&[][..], &[][..]),
            };
            let (columns, offsets) = (2 * width, self.offsets);
            let mut edge = Product { rows, stride: Scratch::stride(columns), ahead, columns, offsets };
            multiply::<V>(matrix, block.tiles, row, &mut edge);
        }
    }

    /// Projects the conditioner where that was not done with the batch.
    #[inline(always)]
    fn condition<V: Lanes>(&self, block: &Block, scratch: &mut Scratch) {
        let (Conditioner::Spectrogram(spectrogram), Some(matrix)) =
            (self.conditioner, &self.weights.conditioner)
        else {
            return;
        };
        let (depth, rows) = (matrix.depth(), &scratch.rows);
        let frame = |row: usize| &spectrogram[self.offsets.whole(rows[row]) * depth..][..depth];
        let mut edge = Biased { bias: self.biases.of(block.window), rows: &mut scratch.conditioner };
        multiply::<V>(matrix, rows.len(), frame, &mut edge);
    }

    /// From the tiles' products to the gated activations, one row per computed sample.
    #[inline(always)]
    fn gate<V: Lanes, const PAIRS: usize>(&self, block: &Block, scratch: &mut Scratch) {
        let width = self.packed.width;
        let (rows, products) = (&scratch.rows[..], &scratch.products[..]);
        let conditioner = units(match self.conditioner {
            Conditioner::None => self.biases.of(block.window),
            Conditioner::Projected(all) => all,
            Conditioner::Spectrogram(_) => &scratch.conditioner,
        });
        let mut row = 0;
        for (tile, start) in self.tiling.tile_starts(block).enumerate() {
            let is_valid = |output: &usize| start + output * self.weights.dilation < self.tiling.run.samples;
            let valid = (0..outputs_of(PAIRS)).filter(is_valid).count();
            // Outputs beyond the window are computed too, and what the next tile has overwrites them.
            let parts = std::array::from_fn(|output| {
                let row = row + output.min(valid - 1);
                let row = match self.conditioner {
                    Conditioner::None => 0,
                    Conditioner::Projected(_) => self.offsets.whole(rows[row]),
                    Conditioner::Spectrogram(_) => row,
                };
                row * (2 * width / UNIT)
            });
            let products = &products[tile * Scratch::stride(2 * width)..][..MOST_PRODUCTS * 2 * width];
            let hidden = &mut scratch.hidden[row * width..][..outputs_of(PAIRS) * width];
            gate_tile::<V, PAIRS>(units(products), conditioner, parts, hidden);
            row += valid;
        }
    }

    /// The output projection: writes the next layer's input and adds to the skips.
    #[inline(always)]
    fn output<V: Lanes>(&self, block: &Block, scratch: &Scratch) {
        let (channels, width) = (self.packed.channels, self.packed.width);
        let hidden = |row: usize| &scratch.hidden[row * width..][..channels];
        let (rows, offsets, window) = (&scratch.rows[..], self.offsets, block.window);
        if let (Some(matrix), Some((next, constant))) = (&self.weights.residual, &self.next) {
            let (input, scale, behind) = (&self.input, self.residual_scale, offsets.behind);
            let mut edge = Residual { input, scale, behind, window, rows, next, constant };
            multiply::<V>(matrix, rows.len(), hidden, &mut edge);
        }
        let first = self.is_first.then_some(&self.packed.skip_bias[..]);
        let mut edge = Skips { skips: &self.skips, first, offsets, rows };
        multiply::<V>(&self.weights.skip, rows.len(), hidden, &mut edge);
    }
}
