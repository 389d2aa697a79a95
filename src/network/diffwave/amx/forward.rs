//! All layers forwards.

use super::gates::activate;
use super::matrix::{BLOCK, DEPTH, TILE, lanes, lanes_mut, narrowed, planes_of, rows_of, single};
use super::memory::Pooled;
use super::stack::{CHUNK, CropInputs, Layer, ResidualStack};
use super::unit::{Source, TileUnit};

/// What the backward pass needs of the forward pass: some 500 bytes per sample and layer of a base network.
pub struct Trace {
    pub(super) samples: usize,
    memory: Pooled,
    /// Where the parts of the memory end.
    ends: [usize; 2],
}

impl Trace {
    /// The inputs of all layers and what the last one hands on, `[layers + 1, reach + samples + reach, width]`; σ and tanh of
    /// all layers, `[layers, samples, 2 · width]`; the conditioner, `[samples, bands_width]`.
    pub(super) fn parts(&self) -> [&[u16]; 3] {
        let [inputs, gates] = self.ends;
        [&self.memory[..inputs], &self.memory[inputs..gates], &self.memory[gates..]]
    }

    /// The same, to be written.
    fn parts_mut(&mut self) -> [&mut [u16]; 3] {
        let [inputs, gates] = self.ends;
        let (before, conditioner) = self.memory.split_at_mut(gates);
        let (inputs, gates) = before.split_at_mut(inputs);
        [inputs, gates, conditioner]
    }
}

impl ResidualStack {
    /// Computes the sum of the skips of a signal, `[channels, samples]`, and what [`ResidualStack::backward`] needs of it.
    ///
    /// # Panics
    /// Where the machine has no tile unit, or inputs do not fit: signals are of whole [`CHUNK`]s.
    pub fn forward(&self, inputs: &CropInputs, skips: &mut [f32]) -> Trace {
        let unit = TileUnit::claim().expect("a machine with a tile unit");
        let samples = inputs.x.len() / self.channels;
        assert!(samples.is_multiple_of(CHUNK), "whole chunks");
        assert_eq!(inputs.conditioner.len(), self.bands * samples, "conditioner");
        assert_eq!(inputs.steps.len(), self.layers.len() * self.channels, "steps");
        assert_eq!(inputs.bias.len(), self.layers.len() * 2 * self.channels, "bias");
        let mut trace = self.trace(samples);
        let [layer_inputs, _, conditioner] = trace.parts_mut();
        let (first, step) = (&mut layer_inputs[self.reach * self.width..], &inputs.steps[..self.channels]);
        // SAFETY: who holds a unit has these instructions.
        unsafe {
            rows_of(inputs.conditioner, samples, None, self.bands_width, conditioner);
            rows_of(inputs.x, samples, Some(step), self.width, first);
        }
        let mut sums = vec![0.0; samples * self.width];
        // SAFETY: as above.
        unsafe { self.forward_rows(&unit, inputs, &mut trace, &mut sums) };
        planes_of(&sums, self.width, skips, samples);
        trace
    }

    /// The trace of a signal whose rows are still to be written; what fills up tiles and lies beyond either end is zero.
    fn trace(&self, samples: usize) -> Trace {
        let (width, layers) = (self.width, self.layers.len());
        let inputs = (layers + 1) * (samples + 2 * self.reach) * width;
        let gates = inputs + layers * samples * 2 * width;
        let mut trace =
            Trace { samples, memory: Pooled::of(gates + samples * self.bands_width), ends: [inputs, gates] };
        let [inputs, _, conditioner] = trace.parts_mut();
        for input in inputs.chunks_exact_mut((samples + 2 * self.reach) * width) {
            input[..self.reach * width].fill(0);
            input[(self.reach + samples) * width..].fill(0);
        }
        inputs[..(samples + 2 * self.reach) * width].fill(0);
        conditioner.fill(0);
        trace
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512bf16,fma")]
    fn forward_rows(&self, unit: &TileUnit, inputs: &CropInputs, trace: &mut Trace, skips: &mut [f32]) {
        let (width, samples) = (self.width, trace.samples);
        let layer_values = (samples + 2 * self.reach) * width;
        let mut sums = vec![0.0; BLOCK * 2 * width];
        let mut gated = vec![0; BLOCK * width];
        let [layer_inputs, all_gates, conditioner] = trace.parts_mut();
        for (index, layer) in self.layers.iter().enumerate() {
            let (input, next) = layer_inputs[index * layer_values..].split_at_mut(layer_values);
            let next = &mut next[self.reach * width..];
            let gates = &mut all_gates[index * samples * 2 * width..][..samples * 2 * width];
            let bias = self.padded(&inputs.bias[index * 2 * self.channels..][..2 * self.channels]);
            let constant = self.constant(layer, index, inputs.steps);
            for row in (0..samples).step_by(BLOCK) {
                let sources = self.gate_sources(layer, row, input, conditioner);
                unit.product(&sources, &layer.gates, &mut sums);
                activate(&sums, &bias, &mut gates[row * 2 * width..], &mut gated, width);
                let sources: Vec<Source> =
                    (0..width).step_by(DEPTH).map(|column| Source::new(&gated, column, width)).collect();
                unit.product(&sources, &layer.output, &mut sums);
                let own = &input[(self.reach + row) * width..][..BLOCK * width];
                let block = row * width..(row + BLOCK) * width;
                let (next, skips) = (&mut next[block.clone()], &mut skips[block]);
                self.hand_on(&sums, own, &constant, next);
                add_skips(&sums, &layer.output_bias[width..], skips);
            }
        }
    }

    /// What gates are products of: the input at three taps, and the conditioner.
    #[inline(always)]
    fn gate_sources<'a>(
        &self,
        layer: &Layer,
        row: usize,
        input: &'a [u16],
        conditioner: &'a [u16],
    ) -> Vec<Source<'a>> {
        let (width, bands_width) = (self.width, self.bands_width);
        let taps = (0..3).flat_map(|tap| {
            let start = self.tapped(layer, row, tap) * width;
            (0..width).step_by(DEPTH).map(move |column| Source::new(input, start + column, width))
        });
        let bands = (0..bands_width).step_by(DEPTH);
        let bands = bands.map(|column| Source::new(conditioner, row * bands_width + column, bands_width));
        taps.chain(bands).collect()
    }

    /// What is added to a layer's scaled input and residual to make the next one's input:
    /// s·b + p' − s·p, with the output projection's bias b and the steps' projections p of this layer and p' of the next.
    fn constant(&self, layer: &Layer, index: usize, steps: &[f32]) -> Vec<f32> {
        let projection = |index: usize| steps.get(index * self.channels..(index + 1) * self.channels);
        let mut constant = vec![0.0; self.width];
        for (channel, value) in constant[..self.channels].iter_mut().enumerate() {
            let own = projection(index).map_or(0.0, |projection| projection[channel]);
            let next = projection(index + 1).map_or(0.0, |projection| projection[channel]);
            *value = self.residual_scale * (layer.output_bias[channel] - own) + next;
        }
        constant
    }

    /// s·y + s·r + constant of a block
    #[inline(always)]
    fn hand_on(&self, outputs: &[f32], own: &[u16], constant: &[f32], next: &mut [u16]) {
        let width = self.width;
        let rows = next.chunks_exact_mut(width).zip(own.chunks_exact(width));
        for ((next, own), outputs) in rows.zip(outputs.chunks_exact(2 * width)) {
            let given = lanes(own).iter().zip(lanes(outputs)).zip(lanes(constant));
            for (next, ((own, outputs), constant)) in lanes_mut(next).iter_mut().zip(given) {
                let mut sums = [0.0; TILE];
                for lane in 0..TILE {
                    let sum = single(own[lane]) + outputs[lane];
                    sums[lane] = self.residual_scale.mul_add(sum, constant[lane]);
                }
                *next = narrowed(sums);
            }
        }
    }
}

/// Adds a block's skips, and their bias, to the sum.
#[inline(always)]
fn add_skips(outputs: &[f32], bias: &[f32], sums: &mut [f32]) {
    let width = bias.len();
    for (sums, outputs) in sums.chunks_exact_mut(width).zip(outputs.chunks_exact(2 * width)) {
        let given = lanes(&outputs[width..]).iter().zip(lanes(bias));
        for (sums, (outputs, bias)) in lanes_mut(sums).iter_mut().zip(given) {
            for lane in 0..TILE {
                sums[lane] += outputs[lane] + bias[lane];
            }
        }
    }
}
