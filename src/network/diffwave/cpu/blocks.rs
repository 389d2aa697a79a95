//! How a layer's outputs are cut into tiles, the tiles into blocks, and what a thread needs for a block.

use std::ops::Range;

use super::winograd::{MOST_OUTPUTS, MOST_PAIRS, MOST_PRODUCTS, outputs_of, products_of};
use crate::kernel::{Buffer, ROWS, UNIT};

/// Most tiles of a block, in whole groups of the rows that a product works on at once.
const TILES: usize = 8 * ROWS;
/// Rows of a block in the works that look at one sample at a time; as many as a full block of tiles gives.
const BLOCK_ROWS: usize = TILES * MOST_OUTPUTS;
/// Distance between the memories of two tiles, beyond their size: else their lines would share places in the cache.
const SPREAD: usize = UNIT;
/// What one more stage costs, in products of a tile: threads meet, and blocks fetch the weights again.
const STAGE_PRODUCTS: usize = 64;

/// Neighbouring outputs of a layer in tiles of one size.
#[derive(Clone, Copy)]
pub(super) struct Run {
    /// Number of outputs.
    pub(super) samples: usize,
    /// Pairs of points of a tile, which has twice as many outputs.
    pub(super) pairs: usize,
}

impl Run {
    /// The first of the runs that `samples` outputs at this dilation are cut into. Large tiles take fewer products, but
    /// where `samples` are not whole groups of d tiles, the last group's may have few outputs within.
    pub(super) fn first(samples: usize, dilation: usize) -> Self {
        let group = outputs_of(MOST_PAIRS) * dilation;
        let all = Self { samples, pairs: MOST_PAIRS };
        if samples >= group {
            let rest = samples % group;
            let joined = rest.min(dilation) * products_of(MOST_PAIRS);
            let is_joined = joined <= Self::cost(rest, dilation);
            return if is_joined { all } else { Self { samples: samples - rest, ..all } };
        }
        let sizes =
            (1..=MOST_PAIRS).map(|pairs| Self { samples: samples.min(outputs_of(pairs) * dilation), pairs });
        let least = sizes.min_by_key(|run| {
            run.tiles(dilation) * products_of(run.pairs) + Self::cost(samples - run.samples, dilation)
        });
        least.unwrap_or(all)
    }

    /// The cost of all the runs that `samples` outputs are cut into, in products of a tile.
    fn cost(samples: usize, dilation: usize) -> usize {
        if samples == 0 {
            return 0;
        }
        let run = Self::first(samples, dilation);
        let products = run.tiles(dilation) * products_of(run.pairs);
        STAGE_PRODUCTS + products + Self::cost(samples - run.samples, dilation)
    }

    /// Number of tiles. With n outputs each, tile `i` has those at t, t + d, ..., t + (n − 1)d, where t = n·d·⌊i/d⌋ +
    /// i mod d, as far as they lie in the run.
    fn tiles(self, dilation: usize) -> usize {
        let group = outputs_of(self.pairs) * dilation;
        self.samples / group * dilation + (self.samples % group).min(dilation)
    }
}

/// A run on all windows of a batch, cut into blocks.
#[derive(Clone, Copy)]
pub(super) struct Tiling {
    /// The run.
    pub(super) run: Run,
    /// Dilation of the layer.
    pub(super) dilation: usize,
    /// Windows of the batch.
    pub(super) windows: usize,
    /// Threads that share the blocks.
    pub(super) threads: usize,
}

/// Neighbouring tiles within one window.
pub(super) struct Block {
    /// The window.
    pub(super) window: usize,
    /// First tile.
    pub(super) first: usize,
    /// Number of tiles.
    pub(super) tiles: usize,
}

impl Tiling {
    /// Blocks of a window: as few as their size allows, in whole rounds of the threads.
    fn window_blocks(&self) -> usize {
        self.run.tiles(self.dilation).div_ceil(TILES).next_multiple_of(self.threads)
    }

    /// Number of blocks.
    pub(super) fn blocks(&self) -> usize {
        self.windows * self.window_blocks()
    }

    /// Block `index`. Blocks share a window's tiles evenly, but for whole groups of rows of a product.
    #[inline(always)]
    pub(super) fn block(&self, index: usize) -> Block {
        let (tiles, blocks) = (self.run.tiles(self.dilation), self.window_blocks());
        let border = |index: usize| (tiles.div_ceil(ROWS) * index / blocks * ROWS).min(tiles);
        let (window, index) = (index / blocks, index % blocks);
        let first = border(index);
        Block { window, first, tiles: border(index + 1) - first }
    }

    /// The first output of every tile of a block.
    #[inline(always)]
    pub(super) fn tile_starts(&self, block: &Block) -> impl Iterator<Item = usize> + use<> {
        let dilation = self.dilation;
        let group = outputs_of(self.run.pairs) * dilation;
        let (mut start, mut column) = (block.first / dilation * group, block.first % dilation);
        (0..block.tiles).map(move |_| {
            if column == dilation {
                (start, column) = (start + group, 0);
            }
            column += 1;
            start + column - 1
        })
    }
}

/// Number of blocks of `rows` rows, in the works that look at one sample at a time.
#[inline(always)]
pub(super) fn row_blocks(rows: usize) -> usize {
    rows.div_ceil(BLOCK_ROWS)
}

/// Rows of block `block` out of `rows`.
#[inline(always)]
pub(super) fn block_rows(block: usize, rows: usize) -> Range<usize> {
    block * BLOCK_ROWS..((block + 1) * BLOCK_ROWS).min(rows)
}

/// What one thread needs for a block.
pub(super) struct Scratch {
    /// Factors of the tiles' products, `[TILES, products, width]`.
    pub(super) factors: Buffer,
    /// Products of the tiles, `[TILES, products, 2·width]`.
    pub(super) products: Buffer,
    /// The conditioner's part of the gated sum where it is not kept, `[BLOCK_ROWS, 2·width]`.
    pub(super) conditioner: Buffer,
    /// Gated activations, `[BLOCK_ROWS, width]`, and room for one more tile.
    pub(super) hidden: Buffer,
    /// Which sample each row of the block is.
    pub(super) rows: Vec<usize>,
}

impl Scratch {
    /// The memory for blocks of a network of this width.
    pub(super) fn new(width: usize) -> Self {
        Self {
            factors: Buffer::zeroed(TILES * Self::stride(width)),
            products: Buffer::zeroed(TILES * Self::stride(2 * width)),
            conditioner: Buffer::zeroed(BLOCK_ROWS * 2 * width),
            hidden: Buffer::zeroed((BLOCK_ROWS + MOST_OUTPUTS) * width),
            rows: Vec::with_capacity(BLOCK_ROWS),
        }
    }

    /// Distance from one tile's rows of `width` to the next tile's.
    #[inline(always)]
    pub(super) fn stride(width: usize) -> usize {
        MOST_PRODUCTS * width + SPREAD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs of `samples` outputs at dilation 512 as outputs and size of tiles.
    fn runs(mut samples: usize) -> Vec<(usize, usize)> {
        let mut runs = Vec::new();
        while samples > 0 {
            let run = Run::first(samples, 512);
            samples -= run.samples;
            runs.push((run.samples, outputs_of(run.pairs)));
        }
        runs
    }

    #[test]
    fn the_end_is_in_tiles_that_fit_it() {
        assert_eq!(runs(9216), [(9216, 6)]);
        assert_eq!(runs(9217), [(9217, 6)]);
        assert_eq!(runs(8192), [(6144, 6), (2048, 4)]);
        assert_eq!(runs(8193), [(6144, 6), (2048, 4), (1, 2)]);
        assert_eq!(runs(9000), [(9000, 6)]);
        assert_eq!(runs(1024), [(1024, 2)]);
        assert_eq!(runs(1), [(1, 2)]);
    }
}
