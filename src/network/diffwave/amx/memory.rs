//! Memory: of a trace, which is large and used again, and of the backward pass through a layer.

use std::ops::{Deref, DerefMut};

use parking_lot::Mutex;

use super::matrix::BLOCK;
use super::stack::CHUNK;

/// What was given back: all of one length.
static SPARE: Mutex<Vec<Vec<u16>>> = Mutex::new(Vec::new());

/// Values that go back to a pool when they are dropped, for the next one that asks: that the system gives new pages costs
/// as much time as what is computed in them.
pub(super) struct Pooled(Vec<u16>);

impl Pooled {
    /// `length` values. What they hold is not said.
    pub fn of(length: usize) -> Self {
        let mut spare = SPARE.lock();
        // Another length is wanted from now on, if at all: what is left of the last one's is given up.
        spare.retain(|values| values.len() == length);
        let found = spare.pop();
        drop(spare);
        Self(found.unwrap_or_else(|| vec![0; length]))
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        SPARE.lock().push(std::mem::take(&mut self.0));
    }
}

impl Deref for Pooled {
    type Target = [u16];

    fn deref(&self) -> &[u16] {
        &self.0
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut [u16] {
        &mut self.0
    }
}

/// What the backward pass through a layer needs beside the signal.
pub(super) struct Scratch {
    /// Sums of a block.
    pub sums: Vec<f32>,
    /// Gated activations of a chunk, `[CHUNK, width]`.
    pub gated: Vec<u16>,
    /// Left operands as pairs and transposed, `[CHUNK / 2, 2 · width]`.
    pub left: [Vec<u32>; 2],
    /// Right operands as pairs, `[CHUNK / 2, 3 · width + bands_width]`.
    pub right: Vec<u32>,
    /// Weight gradients of a layer, `[2 · width, 3 · width + bands_width]` and `[2 · width, width]`.
    pub gates: Vec<f32>,
    pub output: Vec<f32>,
    /// Sums of gradients over time: of gates, `[2 · width]`, and of what is handed on, `[width]`.
    pub gate_bias: Vec<f32>,
    pub handed_bias: Vec<f32>,
    /// The same of the input, `[width]`.
    pub step: Vec<f32>,
}

impl Scratch {
    /// The memory for layers of this width and a conditioner of that.
    pub fn new(width: usize, bands_width: usize) -> Self {
        let deep = 3 * width + bands_width;
        Self {
            sums: vec![0.0; BLOCK * (2 * width).max(bands_width)],
            gated: vec![0; CHUNK * width],
            left: [vec![0; CHUNK / 2 * 2 * width], vec![0; CHUNK / 2 * 2 * width]],
            right: vec![0; CHUNK / 2 * deep],
            gates: vec![0.0; 2 * width * deep],
            output: vec![0.0; 2 * width * width],
            gate_bias: vec![0.0; 2 * width],
            handed_bias: vec![0.0; width],
            step: vec![0.0; width],
        }
    }

    /// Begins a layer: all that is summed over its samples is zero.
    pub fn clear(&mut self) {
        let Self { gates, output, gate_bias, handed_bias, step, .. } = self;
        for sums in [gates, output, gate_bias, handed_bias, step] {
            sums.fill(0.0);
        }
    }
}
