//! A residual layer on a block of time: everything of it between reading its input and writing the next layer's
//! stays in the second cache.

mod edges;
mod place;

use edges::{Residual, Skips, Sums};
pub(super) use place::Place;

use super::conditioner::Conditioner;
use super::gate::gate;
use super::history::History;
use super::label::LayerBiases;
use super::lanes::Lanes;
use super::matrix::{ROWS, multiply};
use super::packed::{Packed, PackedLayer};
use super::prefetch::prefetch;
use super::rows::SharedRows;
use super::stage::Scratch;
use super::winograd::{self, OUTPUTS, PRODUCTS};

/// Most tiles of a block, in whole groups of the rows that a product works on at once.
pub(super) const TILES: usize = 8 * ROWS;
/// How many rows ahead the projected conditioner, which comes from main memory, is asked for: some hundred nanoseconds.
const AHEAD: usize = 8;
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
    /// Samples of a window that are computed.
    pub(super) samples: usize,
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

/// A run of tiles within one window.
struct Block {
    /// The window.
    window: usize,
    /// Row of the window's first sample that is computed.
    origin: usize,
    /// First tile.
    first: usize,
    /// Number of tiles.
    tiles: usize,
}

impl Layer<'_> {
    /// Tiles of a window. Tile `i` has the outputs t, t + d, t + 2d and t + 3d, where t = 4d·⌊i/d⌋ + i mod d, as far as
    /// they lie in the window.
    fn tiles(&self) -> usize {
        let dilation = self.weights.dilation;
        let group = OUTPUTS * dilation;
        self.samples / group * dilation + (self.samples % group).min(dilation)
    }

    /// Blocks of a window: as few as their size allows, in whole rounds of the threads.
    fn window_blocks(&self) -> usize {
        self.tiles().div_ceil(TILES).next_multiple_of(self.threads)
    }

    /// Number of blocks.
    pub(super) fn blocks(&self) -> usize {
        self.windows * self.window_blocks()
    }

    /// Block `index`. Blocks share a window's tiles evenly, but for whole groups of rows of a product.
    fn block(&self, index: usize) -> Block {
        let (tiles, blocks) = (self.tiles(), self.window_blocks());
        let border = |index: usize| (tiles.div_ceil(ROWS) * index / blocks * ROWS).min(tiles);
        let (window, index) = (index / blocks, index % blocks);
        let first = border(index);
        Block {
            window,
            origin: window * self.place.rows + self.place.first,
            first,
            tiles: border(index + 1) - first,
        }
    }

    /// The first output of tile `index`.
    #[inline(always)]
    fn tile_start(&self, index: usize) -> usize {
        let dilation = self.weights.dilation;
        index / dilation * OUTPUTS * dilation + index % dilation
    }

    /// Computes one block.
    #[inline(always)]
    pub(super) fn run<V: Lanes>(&self, index: usize, scratch: &mut Scratch) {
        let block = self.block(index);
        let (channels, width) = (self.packed.channels, self.packed.width);
        self.transform::<V>(&block, scratch);
        for (product, matrix) in self.weights.dilated.iter().enumerate() {
            let factors = &scratch.factors[product * Scratch::stride(width)..];
            let sums = &mut scratch.products[product * Scratch::stride(2 * width)..];
            let row = |tile: usize| &factors[tile * width..][..channels];
            multiply::<V>(matrix, block.tiles, row, &mut Sums { rows: sums, width: 2 * width, bias: None });
        }
        self.condition::<V>(&block, scratch);
        self.gate::<V>(&block, scratch);
        self.output::<V>(&block, scratch);
    }

    /// Reads the tiles' inputs and writes the factors of their products; lists the rows that are computed.
    #[inline(always)]
    fn transform<V: Lanes>(&self, block: &Block, scratch: &mut Scratch) {
        let (dilation, width) = (self.weights.dilation, self.packed.width);
        scratch.rows.clear();
        for tile in 0..block.tiles {
            let start = self.tile_start(block.first + tile);
            let mut inputs = [&ZEROS[..width]; PRODUCTS];
            for (tap, input) in inputs.iter_mut().enumerate() {
                if let Some(row) = self.y(block.window, self.place.first + start + tap * dilation) {
                    *input = row;
                }
            }
            for output in 0..OUTPUTS {
                if start + output * dilation < self.samples {
                    scratch.rows.push(block.origin + start + output * dilation);
                }
            }
            let mut column = 0;
            while column < width {
                let mut x = [V::splat(0.0); PRODUCTS];
                for (x, input) in x.iter_mut().zip(inputs) {
                    *x = V::load(&input[column..]);
                }
                for (product, factor) in winograd::inputs(x).into_iter().enumerate() {
                    let place = product * Scratch::stride(width) + tile * width + column;
                    factor.store(&mut scratch.factors[place..]);
                }
                column += V::LANES;
            }
        }
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
        let bias = Some(self.biases.of(block.window));
        let mut sums = Sums { rows: &mut scratch.conditioner, width: 2 * self.packed.width, bias };
        multiply::<V>(matrix, rows.len(), frame, &mut sums);
    }

    /// From the tiles' products to the gated activations, one row per computed sample.
    #[inline(always)]
    fn gate<V: Lanes>(&self, block: &Block, scratch: &mut Scratch) {
        let width = self.packed.width;
        let (rows, products, projected) = (&scratch.rows[..], &scratch.products[..], &scratch.conditioner[..]);
        let mut row = 0;
        for tile in 0..block.tiles {
            let start = self.tile_start(block.first + tile);
            let valid = (self.samples - start).div_ceil(self.weights.dilation).min(OUTPUTS);
            if let (Conditioner::Projected(all), Some(ahead)) = (self.conditioner, rows.get(row + AHEAD..)) {
                for row in ahead.iter().take(OUTPUTS) {
                    prefetch(&all[self.place.whole(*row) * 2 * width..][..2 * width]);
                }
            }
            let mut parts = [(&ZEROS[..], &ZEROS[..]); OUTPUTS];
            for (output, part) in parts.iter_mut().enumerate() {
                // Outputs beyond the window are computed too, and what the next tile has overwrites them.
                let row = row + output.min(valid - 1);
                let both = match self.conditioner {
                    Conditioner::None => self.biases.of(block.window),
                    Conditioner::Projected(all) => &all[self.place.whole(rows[row]) * 2 * width..][..2 * width],
                    Conditioner::Spectrogram(_) => &projected[row * 2 * width..][..2 * width],
                };
                *part = (&both[..width], &both[width..2 * width]);
            }
            let mut sums = [(&ZEROS[..], &ZEROS[..]); PRODUCTS];
            for (product, sums) in sums.iter_mut().enumerate() {
                let both = &products[product * Scratch::stride(2 * width) + tile * 2 * width..];
                *sums = (&both[..width], &both[width..2 * width]);
            }
            gate_tile::<V>(sums, parts, &mut scratch.hidden[row * width..][..OUTPUTS * width]);
            row += valid;
        }
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

/// The gated activations of a tile, `[4, width]`, from its products and the conditioner's parts: for each the gates and
/// the filters, `[width]`.
#[inline(always)]
fn gate_tile<V: Lanes>(
    products: [(&[f32], &[f32]); PRODUCTS],
    parts: [(&[f32], &[f32]); OUTPUTS],
    hidden: &mut [f32],
) {
    let width = hidden.len() / OUTPUTS;
    let mut column = 0;
    while column < width {
        let mut gates = [V::splat(0.0); PRODUCTS];
        let mut filters = gates;
        for (product, (gate, filter)) in products.into_iter().enumerate() {
            gates[product] = V::load(&gate[column..]);
            filters[product] = V::load(&filter[column..]);
        }
        let (gates, filters) = (winograd::outputs(gates), winograd::outputs(filters));
        for (output, (gate_part, filter_part)) in parts.into_iter().enumerate() {
            let gate_sum = gates[output].add(V::load(&gate_part[column..]));
            let filter_sum = filters[output].add(V::load(&filter_part[column..]));
            gate(gate_sum, filter_sum).store(&mut hidden[output * width + column..]);
        }
        column += V::LANES;
    }
}
