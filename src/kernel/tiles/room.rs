//! What the way back through a layer needs beside the signal.

use super::CHUNK;
use super::unit::BLOCK;

/// Memory for the sums of one chunk over time.
pub(super) struct Room {
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

impl Room {
    /// Room for layers of this width and a conditioner of that.
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
