//! A residual layer on a block of time: everything of it between reading its input and writing the next layer's
//! stays in the second cache.

mod edges;
mod lattice;
mod place;
mod tiling;

use edges::{Product, Projected, Residual, Skips};
pub(super) use place::Place;
use tiling::Block;
pub(super) use tiling::{Run, TILES};

use super::conditioner::Conditioner;
use super::history::History;
use super::label::LayerBiases;
use super::lanes::Lanes;
use super::matrix::multiply;
use super::packed::{Packed, PackedLayer};
use super::rows::SharedRows;
use super::stage::Scratch;
use super::winograd::products_of;

/// A row outside of a window: as wide as a network may be.
static ZEROS: [f32; 1024] = [0.0; 1024];

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
    /// Windows of the batch.
    pub(super) windows: usize,
    /// Samples of a window that are computed, and their tiles.
    pub(super) run: Run,
    /// Where they are.
    pub(super) place: Place,
    /// Threads that share the blocks.
    pub(super) threads: usize,
    /// How far the first tap lies before its output: one dilation, or two in a causal network.
    pub(super) lead: usize,
    /// y, `[rows, width]`.
    pub(super) input: &'a [f32],
    /// What lies before every window; zeros where it is empty.
    pub(super) history: History<'a>,
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

impl Layer<'_> {
    /// Computes one block.
    #[inline(always)]
    pub(super) fn run<V: Lanes>(&self, index: usize, scratch: &mut Scratch) {
        match self.run.pairs {
            1 => self.run_tiles::<V, 1>(index, scratch),
            2 => self.run_tiles::<V, 2>(index, scratch),
            _ => self.run_tiles::<V, 3>(index, scratch),
        }
    }

    /// Computes one block in tiles with this many pairs of points.
    #[inline(always)]
    fn run_tiles<V: Lanes, const PAIRS: usize>(&self, index: usize, scratch: &mut Scratch) {
        let block = self.block(index);
        let (channels, width) = (self.packed.channels, self.packed.width);
        self.transform::<V, PAIRS>(&block, scratch);
        for (product, matrix) in self.weights.dilated.iter().enumerate().take(products_of(PAIRS)) {
            let (factors, stride) = (&scratch.factors[product * width..], Scratch::stride(width));
            let row = |tile: usize| &factors[tile * stride..][..channels];
            let rows = &mut scratch.products[product * 2 * width..];
            let ahead = match self.conditioner {
                Conditioner::Projected(all) => (all, scratch.rows.get(product * block.tiles..).unwrap_or(&[])),
                _ => (&[][..], &[][..]),
            };
            let mut edge = Product { rows, stride: Scratch::stride(2 * width), ahead, layer: self };
            multiply::<V>(matrix, block.tiles, row, &mut edge);
        }
        self.condition::<V>(&block, scratch);
        self.gate::<V, PAIRS>(&block, scratch);
        self.output::<V>(&block, scratch);
    }

    /// The row of y that lies `ahead` rows after the first that a window's first output sees; none outside of what there
    /// is of the window.
    #[inline(always)]
    fn y(&self, window: usize, ahead: usize) -> Option<&[f32]> {
        let width = self.packed.width;
        if ahead < self.lead {
            return self.history.before(window).map(|history| &history[ahead * width..][..width]);
        }
        let row = ahead - self.lead;
        (row < self.place.rows).then(|| &self.input[(window * self.place.rows + row) * width..][..width])
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
        let frame = |row: usize| &spectrogram[self.place.whole(rows[row]) * depth..][..depth];
        let mut edge = Projected { rows: &mut scratch.conditioner, bias: self.biases.of(block.window) };
        multiply::<V>(matrix, rows.len(), frame, &mut edge);
    }

    /// The output projection: writes the next layer's input and adds to the skips.
    #[inline(always)]
    fn output<V: Lanes>(&self, block: &Block, scratch: &Scratch) {
        let (channels, width) = (self.packed.channels, self.packed.width);
        let hidden = |row: usize| &scratch.hidden[row * width..][..channels];
        let rows = &scratch.rows[..];
        if let (Some(matrix), Some((next, constant))) = (&self.weights.residual, &self.next) {
            let mut edge = Residual { layer: self, window: block.window, rows, next, constant };
            multiply::<V>(matrix, rows.len(), hidden, &mut edge);
        }
        multiply::<V>(&self.weights.skip, rows.len(), hidden, &mut Skips { layer: self, rows });
    }
}
