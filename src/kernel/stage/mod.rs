//! The stages that the network's work is cut into: within a stage all blocks are independent of each other.

use super::buffer::Buffer;
use super::conditioner::Projection;
use super::lanes::{Lanes, UNIT};
use super::layer::{Layer, TILES};
use super::packed::Packed;
use super::winograd;

mod ends;

pub(super) use ends::{Entry, Exit};

/// Rows of a block in the stages that look at one sample at a time; as many as a full block of tiles gives.
pub(super) const BLOCK_ROWS: usize = TILES * winograd::MOST_OUTPUTS;
/// Distance between the memories of two tiles, beyond their size: else their lines would share places in the cache.
const SPREAD: usize = UNIT;

/// A stage of the work.
pub(super) enum Stage<'a> {
    /// A layer's projection of the conditioner.
    Projection(Projection<'a>),
    /// The input projection.
    Entry(Entry<'a>),
    /// A residual layer.
    Layer(Layer<'a>),
    /// From the sum of skips to the predicted noise.
    Exit(Exit<'a>),
}

impl Stage<'_> {
    /// Number of blocks.
    pub(super) fn blocks(&self) -> usize {
        match self {
            Self::Projection(projection) => projection.blocks(),
            Self::Entry(entry) => entry.blocks(),
            Self::Layer(layer) => layer.blocks(),
            Self::Exit(exit) => exit.blocks(),
        }
    }

    /// Computes one block. Every block of a stage is computed exactly once.
    #[inline(always)]
    pub(super) fn run<V: Lanes>(&self, block: usize, scratch: &mut Scratch) {
        match self {
            Self::Projection(projection) => projection.run::<V>(block),
            Self::Entry(entry) => entry.run::<V>(block),
            Self::Layer(layer) => layer.run::<V>(block, scratch),
            Self::Exit(exit) => exit.run::<V>(block),
        }
    }
}

/// What one thread needs for a block; small enough for its second cache.
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
    /// The memory for blocks of `packed`.
    pub(super) fn new(packed: &Packed) -> Self {
        let width = packed.width;
        Self {
            factors: Buffer::zeroed(TILES * Self::stride(width)),
            products: Buffer::zeroed(TILES * Self::stride(2 * width)),
            conditioner: Buffer::zeroed(BLOCK_ROWS * 2 * width),
            hidden: Buffer::zeroed((BLOCK_ROWS + winograd::MOST_OUTPUTS) * width),
            rows: Vec::with_capacity(BLOCK_ROWS),
        }
    }

    /// Distance from one tile's rows of `width` to the next tile's.
    #[inline(always)]
    pub(super) fn stride(width: usize) -> usize {
        winograd::MOST_PRODUCTS * width + SPREAD
    }
}

/// Rows of block `block` out of `rows`.
#[inline(always)]
pub(super) fn block_rows(block: usize, rows: usize) -> std::ops::Range<usize> {
    block * BLOCK_ROWS..((block + 1) * BLOCK_ROWS).min(rows)
}
