//! A convolution at work: its products, what their sums start from, and what becomes of them.

use std::ops::Range;

use super::convolution::{Convolution, Panel, Tap};
use super::plane::{Plane, Rows};
use crate::kernel::{Buffer, Edge, Lanes, Matrix, Work, load, multiply_few, store};
use crate::network::wavegrad::config::SLOPE;
use crate::network::wavegrad::reach::{Span, upsampled};

/// Most rows of a block: of the sums so far of as many a panel stays in the first cache or near it.
const BLOCK_ROWS: usize = 96;
/// Rows that a block is a multiple of: those of a tile.
const TILE_ROWS: usize = crate::kernel::ROWS;

/// A convolution over some groups of rows.
pub(super) struct Product<'a> {
    pub(super) convolution: &'a Convolution,
    pub(super) input: &'a Plane,
    /// A pointwise convolution of as many rows that is added to it.
    pub(super) beside: Option<(&'a Convolution, &'a Plane)>,
    /// What is added to its bias.
    pub(super) start: Start<'a>,
    /// Takes the sums.
    pub(super) raw: Option<Rows<'a>>,
    pub(super) activated: Option<Activated<'a>>,
    /// Groups of output rows.
    pub(super) groups: Range<isize>,
    /// Threads that share the work.
    pub(super) threads: usize,
}

/// What sums start from beside the bias.
pub(super) enum Start<'a> {
    Bias,
    /// The same row of a plane.
    Row(&'a Plane),
    /// The nearest row of one that has so many times fewer rows.
    Nearest(&'a Plane, usize),
    /// Its rows interpolated, of which the last of the window is `last`.
    Interpolated {
        plane: &'a Plane,
        factor: usize,
        last: isize,
    },
}

/// Takes the leaky rectifier of the sums.
pub(super) struct Activated<'a> {
    pub(super) rows: Rows<'a>,
    /// Modulates sums before: shifts, then scales, `[2 · width]`.
    pub(super) film: Option<&'a Plane>,
    /// Is added after, `[width]`.
    pub(super) encoding: Option<&'a [f32]>,
}

/// Values that a thread needs for a block.
pub(super) fn scratch(panel_columns: usize) -> Buffer {
    Buffer::zeroed(BLOCK_ROWS * panel_columns)
}

impl<'a> Product<'a> {
    /// The rows of `span`, and those of the groups at its ends, for `threads` threads; nobody takes the sums yet.
    pub(super) fn new(convolution: &'a Convolution, input: &'a Plane, span: Span, threads: usize) -> Self {
        let factor = convolution.phases.len() as isize;
        let groups = span.first.div_euclid(factor)..span.last.div_euclid(factor) + 1;
        let (beside, raw, activated) = (None, None, None);
        Self { convolution, input, beside, start: Start::Bias, raw, activated, groups, threads }
    }

    /// Groups of a block: as even a share of them for every thread as tiles allow.
    fn block_groups(&self) -> usize {
        let groups = self.groups.len();
        let rounds = groups.div_ceil(BLOCK_ROWS * self.threads).max(1);
        groups.div_ceil(rounds * self.threads).next_multiple_of(TILE_ROWS).clamp(TILE_ROWS, BLOCK_ROWS)
    }
}

impl Work for Product<'_> {
    type Scratch = Buffer;

    fn blocks(&self) -> usize {
        self.groups.len().div_ceil(self.block_groups())
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, sums: &mut Buffer) {
        let size = self.block_groups();
        let first = self.groups.start + (block * size) as isize;
        let count = size.min((self.groups.end - first) as usize);
        let beside = self.beside.map(|(convolution, plane)| {
            (convolution, plane, Tap { offset: 0, matrix: convolution.phases[0][0].matrix })
        });
        for (index, panel) in self.convolution.panels.iter().enumerate() {
            for (phase, taps) in self.convolution.phases.iter().enumerate() {
                let all = taps.len() + usize::from(beside.is_some());
                let mut place = Place { product: self, first, phase, panel, tap: 0, taps: all, sums };
                for tap in taps {
                    place.add::<V>(self.input, tap, &panel.matrices[tap.matrix], count);
                }
                if let Some((convolution, plane, tap)) = &beside {
                    place.add::<V>(plane, tap, &convolution.panels[index].matrices[tap.matrix], count);
                }
            }
        }
    }
}

/// The sums of a panel in one phase, tap after tap.
struct Place<'a, 'b> {
    product: &'a Product<'a>,
    /// The block's first group.
    first: isize,
    phase: usize,
    panel: &'a Panel,
    /// The tap that is added, of how many.
    tap: usize,
    taps: usize,
    sums: &'b mut Buffer,
}

impl Place<'_, '_> {
    /// Adds the products of `count` groups' rows of `plane` at `tap` with `matrix`.
    #[inline(always)]
    fn add<V: Lanes>(&mut self, plane: &Plane, tap: &Tap, matrix: &Matrix, count: usize) {
        let first = self.first + tap.offset;
        multiply_few::<V>(matrix, count, |row| plane.row(first + row as isize), self);
        self.tap += 1;
    }

    /// The output row of group `group` of the block.
    #[inline(always)]
    fn row(&self, group: usize) -> isize {
        (self.first + group as isize) * self.product.convolution.phases.len() as isize + self.phase as isize
    }
}

impl<V: Lanes> Edge<V> for Place<'_, '_> {
    #[inline(always)]
    fn start<const N: usize>(&self, group: usize, column: usize) -> [V; N] {
        if self.tap > 0 {
            return load(&self.sums[group * self.panel.columns + column..]);
        }
        let (product, column) = (self.product, self.panel.start + column);
        let mut sums = load::<V, N>(&product.convolution.bias[column..]);
        if let Some((beside, _)) = product.beside {
            sums = added(sums, load(&beside.bias[column..]));
        }
        let row = self.row(group);
        match product.start {
            Start::Bias => sums,
            Start::Row(plane) => added(sums, load(&plane.row(row)[column..])),
            Start::Nearest(plane, factor) => {
                added(sums, load(&plane.row(row.div_euclid(factor as isize))[column..]))
            }
            Start::Interpolated { plane, factor, last } => {
                let between = upsampled(row, factor);
                let one = load::<V, N>(&plane.row(between.row.clamp(0, last))[column..]);
                let next = load::<V, N>(&plane.row((between.row + 1).clamp(0, last))[column..]);
                let share = V::splat(between.share);
                for ((sum, one), next) in sums.iter_mut().zip(one).zip(next) {
                    *sum = next.sub(one).mul_add(share, one).add(*sum);
                }
                sums
            }
        }
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, group: usize, column: usize, mut sums: [V; N]) {
        if self.tap + 1 < self.taps {
            return store(sums, &mut self.sums[group * self.panel.columns + column..]);
        }
        let (row, column) = (self.row(group), self.panel.start + column);
        if let Some(rows) = &self.product.raw {
            // SAFETY: a row belongs to one block.
            store(sums, &mut unsafe { rows.row(row) }[column..]);
        }
        let Some(Activated { rows, film, encoding }) = &self.product.activated else { return };
        if let Some(film) = film {
            let film = film.row(row);
            let (shifts, scales) = film.split_at(film.len() / 2);
            let (shifts, scales) = (load::<V, N>(&shifts[column..]), load::<V, N>(&scales[column..]));
            for ((sum, shift), scale) in sums.iter_mut().zip(shifts).zip(scales) {
                *sum = sum.mul_add(scale, shift);
            }
        }
        for sum in &mut sums {
            *sum = sum.max(sum.mul(V::splat(SLOPE)));
        }
        if let Some(encoding) = encoding {
            sums = added(sums, load(&encoding[column..]));
        }
        // SAFETY: as above.
        store(sums, &mut unsafe { rows.row(row) }[column..]);
    }
}

/// The sums of two.
#[inline(always)]
fn added<V: Lanes, const N: usize>(mut one: [V; N], other: [V; N]) -> [V; N] {
    for (one, other) in one.iter_mut().zip(other) {
        *one = one.add(other);
    }
    one
}
