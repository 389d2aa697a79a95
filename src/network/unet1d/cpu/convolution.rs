//! Convolutions and linear maps, as matrix products over rows that lie one after another.

use super::engine::Engine;
use super::signal::{Signal, width_of};
use crate::kernel::{Buffer, Edge, Lanes, Matrix, SharedRows, Work, load, multiply, store};

/// A convolution: the product of some neighbouring rows of a signal with a matrix.
pub(super) struct Convolution {
    matrix: Matrix,
    /// `[columns]`
    bias: Buffer,
    outputs: usize,
    /// Input rows from one product to the next.
    stride: usize,
    /// Input rows of a product before that of its own index.
    before: usize,
    /// Output rows of a product, one after another.
    phases: usize,
    /// Output rows of the first product that are none of the output's.
    skipped: usize,
}

/// A weight as PyTorch lays it out, and its bias.
pub(super) struct Affine<'a> {
    pub(super) weight: &'a [f32],
    pub(super) bias: &'a [f32],
}

impl Convolution {
    /// A convolution of odd `taps`, `[outputs, inputs, taps]`, padded on both sides, that looks at every `stride`th row.
    pub(super) fn new(
        affine: &Affine,
        inputs: usize,
        taps: usize,
        stride: usize,
        panel_columns: usize,
    ) -> Self {
        let weight =
            |output: usize, input: usize, tap: usize| affine.weight[(output * inputs + input) * taps + tap];
        let packed = Self::pack(affine, [inputs, taps], 1, panel_columns, |_, output, input, tap| {
            weight(output, input, tap)
        });
        Self { stride, before: taps / 2, ..packed }
    }

    /// A linear map of every row by itself.
    pub(super) fn linear(affine: &Affine, inputs: usize, panel_columns: usize) -> Self {
        Self::new(affine, inputs, 1, 1, panel_columns)
    }

    /// A convolution of three taps over a signal each of whose rows is repeated `factor` times. Of the taps that meet one row
    /// there is but one product.
    pub(super) fn nearest(affine: &Affine, inputs: usize, factor: usize, panel_columns: usize) -> Self {
        let packed = Self::pack(affine, [inputs, 3], factor, panel_columns, |phase, output, input, row| {
            let taps = &affine.weight[(output * inputs + input) * 3..][..3];
            let meets = |tap: &usize| (phase + tap).div_ceil(factor) == row;
            (0..3).filter(meets).map(|tap| taps[tap]).sum()
        });
        Self { before: 1, ..packed }
    }

    /// A transposed convolution of 2·`factor` taps, `[inputs, outputs, taps]`, with a stride of `factor`, that makes a signal as
    /// many times longer. Output o takes tap k of input i where o = i·factor + k − padding: two taps of two neighbours.
    pub(super) fn transposed(affine: &Affine, inputs: usize, factor: usize, panel_columns: usize) -> Self {
        let outputs = affine.bias.len();
        let packed = Self::pack(affine, [inputs, 2], factor, panel_columns, |phase, output, input, row| {
            affine.weight[(input * outputs + output) * 2 * factor + phase + (1 - row) * factor]
        });
        Self { before: 1, skipped: factor / 2 + factor % 2, ..packed }
    }

    /// Packs `value(phase, output, input, row)`, where `row` counts the input rows of a product.
    fn pack(
        affine: &Affine,
        [inputs, rows]: [usize; 2],
        phases: usize,
        panel_columns: usize,
        value: impl Fn(usize, usize, usize, usize) -> f32,
    ) -> Self {
        let outputs = affine.bias.len();
        let (input_width, width) = (width_of(inputs), width_of(outputs));
        let matrix = Matrix::pack(rows * input_width, phases * width, panel_columns, |depth, column| {
            let (row, input) = (depth / input_width, depth % input_width);
            let (phase, output) = (column / width, column % width);
            if input < inputs && output < outputs { value(phase, output, input, row) } else { 0.0 }
        });
        let mut bias = Buffer::zeroed(phases * width);
        for phase in bias.chunks_exact_mut(width) {
            phase[..outputs].copy_from_slice(affine.bias);
        }
        Self { matrix, bias, outputs, stride: 1, before: 0, phases, skipped: 0 }
    }

    /// Input rows from one output row to the next.
    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    /// The convolution of `input`.
    pub(super) fn run(&self, engine: &mut Engine, input: &Signal) -> Signal {
        let mut output = engine.signal(input.rows / self.stride * self.phases, self.outputs);
        self.write(engine, input, &mut output, false);
        output
    }

    /// Adds the convolution of `input` to `output`.
    pub(super) fn add(&self, engine: &mut Engine, input: &Signal, output: &mut Signal) {
        self.write(engine, input, output, true);
    }

    fn write(&self, engine: &mut Engine, input: &Signal, output: &mut Signal, adds: bool) {
        // Where a product's outputs begin before the signal, one more ends it.
        let products = input.rows / self.stride + usize::from(self.skipped > 0);
        let columns = self.bias.len();
        let block_rows = engine.block_rows(products);
        let rows = SharedRows::new(output.rows_before_mut(self.skipped, products * columns), columns);
        engine.run(&Product { convolution: self, input, products, block_rows, rows, adds });
        if self.skipped > 0 {
            output.clear_margins();
        }
    }
}

/// The products of a convolution with a signal.
struct Product<'a> {
    convolution: &'a Convolution,
    input: &'a Signal,
    products: usize,
    block_rows: usize,
    rows: SharedRows<'a>,
    adds: bool,
}

impl Work for Product<'_> {
    type Scratch = Buffer;

    fn blocks(&self) -> usize {
        self.products.div_ceil(self.block_rows)
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, _: &mut Buffer) {
        let (first, convolution) = (block * self.block_rows, self.convolution);
        let count = self.block_rows.min(self.products - first);
        let (depth, step) = (convolution.matrix.depth(), convolution.stride * self.input.width());
        let values = self.input.rows_before(convolution.before);
        let input = |row: usize| &values[(first + row) * step..][..depth];
        multiply::<V>(&convolution.matrix, count, input, &mut Sums { product: self, first });
    }
}

struct Sums<'a> {
    product: &'a Product<'a>,
    first: usize,
}

impl<V: Lanes> Edge<V> for Sums<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, row: usize, column: usize) -> [V; N] {
        let bias = load(&self.product.convolution.bias[column..]);
        if !self.product.adds {
            return bias;
        }
        // SAFETY: blocks have no row in common, and a block holds one at a time.
        let before: [V; N] = load(&unsafe { self.product.rows.row(self.first + row) }[column..]);
        let mut sums = bias;
        for (sum, before) in sums.iter_mut().zip(before) {
            *sum = before.add(*sum);
        }
        sums
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        // SAFETY: as above.
        let row = unsafe { self.product.rows.row(self.first + row) };
        store(sums, &mut row[column..]);
    }
}
