//! A layer on some tokens: everything of it between reading its input and writing the next layer's.

use std::ops::Range;

use super::history::Rings;
use super::packed::{Packed, PackedLayer};
use crate::kernel::{Buffer, Edge, Lanes, SharedRows, UNIT, Work, gate, load, multiply_few, store};
use crate::network::bandwave::config::{Along, NORM_EPSILON, TAPS};

/// Most rows of a block: whole groups of the rows that a product works on at once.
pub(super) const BLOCK_ROWS: usize = 96;
/// A token outside of what there is: as wide as a network may be.
static ZEROS: [f32; 512] = [0.0; 512];

/// A layer on the tokens of some frames of a window. Rows are tokens, frame after frame.
///
/// h = W·[taps of y] + place + condition + level, x ← x + W_o·sigmoid(h_a)·tanh(h_b) + b, where y is x of the layer before,
/// normalized.
pub(super) struct Layer<'a> {
    pub(super) packed: &'a Packed,
    pub(super) weights: &'a PackedLayer,
    pub(super) index: usize,
    /// Rows of a block.
    pub(super) block_rows: usize,
    /// All rows.
    pub(super) rows: usize,
    /// x, `[rows, channels]`.
    pub(super) x: SharedRows<'a>,
    /// y, and what becomes the next layer's, `[rows, channels]` each.
    pub(super) y: &'a [f32],
    pub(super) next: SharedRows<'a>,
    pub(super) rings: &'a Rings,
    /// What the window looks back at.
    pub(super) history: &'a [f32],
    /// The condition's part of the sum by frame, `[frames, 2 · channels]`.
    pub(super) condition: &'a [f32],
    /// The level's part, `[2 · channels]`.
    pub(super) level: &'a [f32],
}

/// What a thread needs for a block.
pub(super) struct Scratch {
    /// The gated sum of a panel so far, `[BLOCK_ROWS, panel_columns]`.
    sums: Buffer,
    /// Activations, `[BLOCK_ROWS, channels]`.
    hidden: Buffer,
    /// Whatever the ends of the network gather.
    pub(super) gathered: Buffer,
}

impl Scratch {
    pub(super) fn new(channels: usize, panel_columns: usize) -> Self {
        Self {
            sums: Buffer::zeroed(BLOCK_ROWS * panel_columns),
            hidden: Buffer::zeroed(BLOCK_ROWS * channels),
            gathered: Buffer::default(),
        }
    }
}

impl Work for Layer<'_> {
    type Scratch = Scratch;

    fn blocks(&self) -> usize {
        self.rows.div_ceil(self.block_rows)
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, scratch: &mut Scratch) {
        let first = block * self.block_rows;
        let rows = first..(first + self.block_rows).min(self.rows);
        let channels = self.packed.channels;
        let Scratch { sums, hidden, .. } = scratch;
        for panel in &self.weights.taps {
            let columns = (2 * channels - panel.start).min(sums.len() / BLOCK_ROWS);
            for (tap, matrix) in panel.taps.iter().enumerate() {
                let input = |row: usize| self.tap(rows.start + row, tap);
                let mut edge = Sums { layer: self, first, start: panel.start, columns, tap, sums, hidden };
                multiply_few::<V>(matrix, rows.len(), input, &mut edge);
            }
        }
        let activations = |row: usize| &hidden[row * channels..][..channels];
        multiply_few::<V>(&self.weights.out, rows.len(), activations, &mut Residual { layer: self, first });
        self.normalize::<V>(rows);
    }
}

impl Layer<'_> {
    /// The input of `tap` at token `row`.
    #[inline(always)]
    fn tap(&self, row: usize, tap: usize) -> &[f32] {
        let Packed { tokens, channels, .. } = *self.packed;
        let (at, band) = (row / tokens, row % tokens);
        let zeros = &ZEROS[..channels];
        match self.weights.along {
            Along::Time => {
                let back = (TAPS - 1 - tap) * self.weights.dilation;
                if back <= at {
                    return &self.y[(row - back * tokens) * channels..][..channels];
                }
                let past = self.rings.frame(self.history, self.index, back - at);
                &past[band * channels..][..channels]
            }
            Along::Bands => {
                let ahead = band + tap * self.weights.dilation;
                match ahead.checked_sub(self.weights.dilation).filter(|band| *band < tokens) {
                    Some(band) => &self.y[(at * tokens + band) * channels..][..channels],
                    None => zeros,
                }
            }
        }
    }

    /// Writes the next layer's input.
    #[inline(always)]
    fn normalize<V: Lanes>(&self, rows: Range<usize>) {
        for row in rows {
            // SAFETY: a row belongs to one block.
            let (x, next) = unsafe { (self.x.row(row), self.next.row(row)) };
            normalize::<V>(x, next);
        }
    }

    /// The part of the sum that is all taps' own at `row`: the frame's condition.
    #[inline(always)]
    fn condition(&self, row: usize) -> &[f32] {
        let width = 2 * self.packed.channels;
        &self.condition[row / self.packed.tokens * width..][..width]
    }
}

/// x over the root of its mean square.
#[inline(always)]
pub(super) fn normalize<V: Lanes>(x: &[f32], y: &mut [f32]) {
    let mut squares = V::splat(0.0);
    for lane in (0..x.len()).step_by(V::LANES) {
        let values = V::load(&x[lane..]);
        squares = values.mul_add(values, squares);
    }
    let mut lanes = [0.0; UNIT];
    squares.store(&mut lanes);
    let mean = lanes[..V::LANES].iter().sum::<f32>() / x.len() as f32;
    let scale = V::splat(1.0 / (mean + NORM_EPSILON).sqrt());
    for lane in (0..x.len()).step_by(V::LANES) {
        V::load(&x[lane..]).mul(scale).store(&mut y[lane..]);
    }
}

/// The gated sum of a panel, tap after tap, and with the last one its activations.
struct Sums<'a> {
    layer: &'a Layer<'a>,
    /// The block's first row.
    first: usize,
    /// The panel's first column, and how many it has.
    start: usize,
    columns: usize,
    tap: usize,
    sums: &'a mut [f32],
    hidden: &'a mut [f32],
}

impl<V: Lanes> Edge<V> for Sums<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, row: usize, column: usize) -> [V; N] {
        if self.tap > 0 {
            return load(&self.sums[row * self.columns + column..]);
        }
        let (layer, column) = (self.layer, self.start + column);
        let band = (self.first + row) % layer.packed.tokens;
        let width = 2 * layer.packed.channels;
        let mut sums = load::<V, N>(&layer.weights.place[band * width + column..]);
        let condition = load::<V, N>(&layer.condition(self.first + row)[column..]);
        let level = load::<V, N>(&layer.level[column..]);
        for ((sum, condition), level) in sums.iter_mut().zip(condition).zip(level) {
            *sum = sum.add(condition).add(level);
        }
        sums
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        if self.tap + 1 < TAPS {
            return store(sums, &mut self.sums[row * self.columns + column..]);
        }
        // The first half of a panel's columns are gates, the other the same channels' filters.
        let channels = self.layer.packed.channels;
        let hidden = &mut self.hidden[row * channels + (self.start + column) / 2..];
        for n in 0..N / 2 {
            gate(sums[n], sums[N / 2 + n]).store(&mut hidden[n * V::LANES..]);
        }
    }
}

/// Adds the output projection to x.
struct Residual<'a> {
    layer: &'a Layer<'a>,
    first: usize,
}

impl<V: Lanes> Edge<V> for Residual<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, row: usize, column: usize) -> [V; N] {
        // SAFETY: a row belongs to one block.
        let x = unsafe { self.layer.x.row(self.first + row) };
        let mut sums = load::<V, N>(&x[column..]);
        for (sum, bias) in sums.iter_mut().zip(load::<V, N>(&self.layer.weights.out_bias[column..])) {
            *sum = sum.add(bias);
        }
        sums
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        // SAFETY: as above.
        let x = unsafe { self.layer.x.row(self.first + row) };
        store(sums, &mut x[column..]);
    }
}
