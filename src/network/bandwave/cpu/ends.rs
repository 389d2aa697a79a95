//! The network's two ends: from bins to tokens, and back.

use std::ops::Range;

use super::layer::{Scratch, normalize};
use super::packed::{Packed, PackedGroup};
use crate::kernel::{Biased, Edge, Lanes, SharedRows, Work, load, multiply_few, store};

/// Most frames of a block.
const BLOCK_FRAMES: usize = 6;

/// Some frames of a window: those from `first` on, so many.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub(super) first: usize,
    pub(super) frames: usize,
}

impl Stretch {
    fn blocks(&self) -> usize {
        self.frames.div_ceil(BLOCK_FRAMES)
    }

    #[inline(always)]
    fn block(&self, block: usize) -> Range<usize> {
        block * BLOCK_FRAMES..((block + 1) * BLOCK_FRAMES).min(self.frames)
    }
}

/// Projects real and imaginary parts and the envelope to tokens.
pub(super) struct Encode<'a> {
    pub(super) packed: &'a Packed,
    pub(super) stretch: Stretch,
    /// `[window_frames, 2 · bins]`
    pub(super) input: &'a [f32],
    /// `[window_frames, bins]`
    pub(super) envelope: &'a [f32],
    /// x and y, `[frames · tokens, channels]` each.
    pub(super) x: SharedRows<'a>,
    pub(super) y: SharedRows<'a>,
}

impl Work for Encode<'_> {
    type Scratch = Scratch;

    fn blocks(&self) -> usize {
        self.stretch.blocks()
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, scratch: &mut Scratch) {
        let (packed, frames) = (self.packed, self.stretch.block(block));
        for group in &packed.groups {
            let (width, bands) = (group.group.width, group.group.bands);
            let rows = frames.len() * bands;
            scratch.gathered.require(rows * 3 * width);
            for (index, frame) in frames.clone().enumerate() {
                let whole = self.stretch.first + frame;
                let (real, imaginary) =
                    self.input[whole * 2 * packed.bins..][..2 * packed.bins].split_at(packed.bins);
                let envelope = &self.envelope[whole * packed.bins..][..packed.bins];
                let bands =
                    scratch.gathered[index * bands * 3 * width..].chunks_exact_mut(3 * width).take(bands);
                for (band, row) in bands.enumerate() {
                    let bins = group.first_bin + band * width..group.first_bin + (band + 1) * width;
                    for (part, values) in row.chunks_exact_mut(width).zip([real, imaginary, envelope]) {
                        part.copy_from_slice(&values[bins.clone()]);
                    }
                }
            }
            let gathered = &scratch.gathered;
            let input = |row: usize| &gathered[row * 3 * width..][..3 * width];
            multiply_few::<V>(
                &group.encode,
                rows,
                input,
                &mut Tokens { encode: self, group, first: frames.start },
            );
        }
        for row in frames.start * packed.tokens..frames.end * packed.tokens {
            // SAFETY: a frame belongs to one block.
            let (x, y) = unsafe { (self.x.row(row), self.y.row(row)) };
            normalize::<V>(x, y);
        }
    }
}

/// Tokens of one group of bands.
struct Tokens<'a> {
    encode: &'a Encode<'a>,
    group: &'a PackedGroup,
    first: usize,
}

impl Tokens<'_> {
    /// The band of a row, counted from the network's first, and its frame.
    #[inline(always)]
    fn place(&self, row: usize) -> (usize, usize) {
        let bands = self.group.group.bands;
        (self.group.first_token + row % bands, self.first + row / bands)
    }
}

impl<V: Lanes> Edge<V> for Tokens<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, row: usize, column: usize) -> [V; N] {
        let (band, _) = self.place(row);
        load(&self.encode.packed.place[band * self.encode.packed.channels + column..])
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        let (band, frame) = self.place(row);
        // SAFETY: a frame belongs to one block.
        let x = unsafe { self.encode.x.row(frame * self.encode.packed.tokens + band) };
        store(sums, &mut x[column..]);
    }
}

/// Projects tokens to real and imaginary parts.
pub(super) struct Decode<'a> {
    pub(super) packed: &'a Packed,
    pub(super) stretch: Stretch,
    /// `[frames · tokens, channels]`
    pub(super) y: &'a [f32],
    /// `[window_frames, 2 · bins]`
    pub(super) output: SharedRows<'a>,
}

impl Work for Decode<'_> {
    type Scratch = Scratch;

    fn blocks(&self) -> usize {
        self.stretch.blocks()
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, scratch: &mut Scratch) {
        let (packed, frames) = (self.packed, self.stretch.block(block));
        for group in &packed.groups {
            let (width, bands) = (group.group.width, group.group.bands);
            let (rows, columns) = (frames.len() * bands, group.decode_bias.len());
            scratch.gathered.require(rows * columns);
            let token = |row: usize| {
                let (frame, band) = (frames.start + row / bands, group.first_token + row % bands);
                &self.y[(frame * packed.tokens + band) * packed.channels..][..packed.channels]
            };
            let mut edge = Biased { bias: &group.decode_bias, rows: &mut scratch.gathered };
            multiply_few::<V>(&group.decode, rows, token, &mut edge);
            for (row, parts) in scratch.gathered.chunks_exact(columns).enumerate() {
                let (frame, band) = (frames.start + row / bands, row % bands);
                // SAFETY: a frame belongs to one block.
                let output = unsafe { self.output.row(self.stretch.first + frame) };
                let (real, imaginary) = output.split_at_mut(packed.bins);
                let bin = group.first_bin + band * width;
                real[bin..bin + width].copy_from_slice(&parts[..width]);
                imaginary[bin..bin + width].copy_from_slice(&parts[width..2 * width]);
            }
        }
        for frame in frames {
            // The bin at half the rate belongs to no band.
            // SAFETY: as above.
            let output = unsafe { self.output.row(self.stretch.first + frame) };
            (output[packed.bins - 1], output[2 * packed.bins - 1]) = (0.0, 0.0);
        }
    }
}
