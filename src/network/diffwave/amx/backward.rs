//! All layers backwards.

use super::forward::Trace;
use super::gates::deactivate;
use super::matrix::{BLOCK, DEPTH, TILE, lanes, lanes_mut, narrowed, pair_rows, planes_of, rows_of, single};
use super::memory::Scratch;
use super::stack::{CHUNK, Layer, ResidualStack};
use super::transpose::transpose;
use super::unit::{Pairs, Source, TileUnit};

/// Gradients of what goes into the layers for one signal, in the shapes of [`super::stack::CropInputs`].
#[derive(Debug)]
pub struct CropGradients {
    /// `[channels, samples]`
    pub x: Vec<f32>,
    /// `[layers, channels]`
    pub steps: Vec<f32>,
    /// `[bands, samples]`
    pub conditioner: Vec<f32>,
    /// `[layers, 2 · channels]`
    pub bias: Vec<f32>,
}

/// The gradients that the backward pass through one signal works on, in whole tiles.
struct Gradients<'a> {
    trace: &'a Trace,
    /// Gradient of the sum of skips, `[samples, width]`.
    skips: Vec<u16>,
    /// Gradient of what the layer hands on, then of its input without the step, `[samples, width]`.
    x: Vec<u16>,
    /// Gradient of the layer's gates before their functions, `[reach + samples + reach, 2 · width]`.
    gates: Vec<u16>,
    /// Gradient of the conditioner, `[samples, bands_width]`.
    conditioner: Vec<f32>,
}

impl ResidualStack {
    /// The gradients of a signal's inputs, given that of the sum of skips, `[channels, samples]`. Those of the weights, in
    /// the order of [`ResidualStack::new`], are added to `weights`.
    ///
    /// # Panics
    /// Where the machine has no tile unit, or sizes do not fit.
    pub fn backward(&self, trace: &Trace, skips: &[f32], weights: &mut [f32]) -> CropGradients {
        let unit = TileUnit::claim().expect("a machine with a tile unit");
        let (samples, width) = (trace.samples, self.width);
        assert_eq!(skips.len(), self.channels * samples, "gradient of the skips");
        assert_eq!(weights.len(), self.layers.len() * self.layer_weights(), "gradients of the weights");
        let mut gradients = Gradients {
            trace,
            skips: vec![0; samples * width],
            x: vec![0; samples * width],
            gates: vec![0; (samples + 2 * self.reach) * 2 * width],
            conditioner: vec![0.0; samples * self.bands_width],
        };
        // SAFETY: who holds a unit has these instructions.
        unsafe { rows_of(skips, samples, None, width, &mut gradients.skips) };
        let (layers, double) = (self.layers.len(), 2 * self.channels);
        let mut of_inputs = CropGradients {
            x: vec![0.0; self.channels * samples],
            steps: vec![0.0; layers * self.channels],
            conditioner: vec![0.0; self.bands * samples],
            bias: vec![0.0; layers * double],
        };
        // SAFETY: as above.
        unsafe { self.backward_rows(&unit, &mut gradients, &mut of_inputs, weights) };
        let x: Vec<f32> = gradients.x.iter().map(|value| single(*value)).collect();
        planes_of(&x, width, &mut of_inputs.x, samples);
        planes_of(&gradients.conditioner, self.bands_width, &mut of_inputs.conditioner, samples);
        let of_skips = skips.chunks_exact(samples).map(|plane| plane.iter().sum::<f32>());
        let of_skips: Vec<f32> = of_skips.collect();
        let [.., output_bias] = self.parts();
        for weights in weights.chunks_exact_mut(self.layer_weights()) {
            let of_skip_bias = &mut weights[output_bias.clone()][self.channels..];
            of_skip_bias.iter_mut().zip(&of_skips).for_each(|(sum, skip)| *sum += skip);
        }
        of_inputs
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512bf16,fma")]
    fn backward_rows(
        &self,
        unit: &TileUnit,
        gradients: &mut Gradients,
        of_inputs: &mut CropGradients,
        weights: &mut [f32],
    ) {
        let mut scratch = Scratch::new(self.width, self.bands_width);
        for (index, layer) in self.layers.iter().enumerate().rev() {
            scratch.clear();
            for first in (0..gradients.trace.samples).step_by(CHUNK) {
                for row in (first..first + CHUNK).step_by(BLOCK) {
                    self.to_gates(unit, layer, index, row, gradients, &mut scratch);
                }
                self.to_weights(unit, layer, index, first, gradients, &mut scratch);
            }
            self.keep(index, &scratch, of_inputs, weights);
            for row in (0..gradients.trace.samples).step_by(BLOCK) {
                self.to_input(unit, layer, row, gradients, &mut scratch);
            }
            let steps = &mut of_inputs.steps[index * self.channels..][..self.channels];
            steps.copy_from_slice(&scratch.step[..self.channels]);
        }
    }

    /// From the gradients of what a layer hands on and of the skips to that of its gates, for a block; and from there to the
    /// conditioner's.
    #[inline(always)]
    fn to_gates(
        &self,
        unit: &TileUnit,
        layer: &Layer,
        index: usize,
        row: usize,
        gradients: &mut Gradients,
        scratch: &mut Scratch,
    ) {
        let (width, samples) = (self.width, gradients.trace.samples);
        let columns =
            |rows| (0..width).step_by(DEPTH).map(move |column| Source::new(rows, row * width + column, width));
        let sources: Vec<Source> = columns(&gradients.x).chain(columns(&gradients.skips)).collect();
        unit.product(&sources, &layer.output_to_gated, &mut scratch.sums);

        let [_, gates, _] = gradients.trace.parts();
        let gates = &gates[(index * samples + row) * 2 * width..][..BLOCK * 2 * width];
        let to = (self.reach + row) * 2 * width;
        let of_gates = &mut gradients.gates[to..to + BLOCK * 2 * width];
        let gated = &mut scratch.gated[row % CHUNK * width..][..BLOCK * width];
        deactivate(gates, &scratch.sums, of_gates, gated, &mut scratch.gate_bias);
        for row in gradients.x[row * width..(row + BLOCK) * width].chunks_exact(width) {
            for (sums, values) in lanes_mut(&mut scratch.handed_bias).iter_mut().zip(lanes(row)) {
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += single(*value));
            }
        }

        let columns = (0..2 * width).step_by(DEPTH);
        let sources: Vec<Source> =
            columns.map(|column| Source::new(&gradients.gates, to + column, 2 * width)).collect();
        unit.product(&sources, &layer.gates_to_conditioner, &mut scratch.sums);
        let block = &mut gradients.conditioner[row * self.bands_width..(row + BLOCK) * self.bands_width];
        block.iter_mut().zip(&scratch.sums).for_each(|(sum, value)| *sum += value);
    }

    /// Adds what a chunk says of a layer's weights.
    #[inline(always)]
    fn to_weights(
        &self,
        unit: &TileUnit,
        layer: &Layer,
        index: usize,
        first: usize,
        gradients: &Gradients,
        scratch: &mut Scratch,
    ) {
        let (width, bands_width, deep) = (self.width, self.bands_width, 3 * self.width + self.bands_width);
        let [inputs, _, conditioner] = gradients.trace.parts();
        let input = &inputs[index * (gradients.trace.samples + 2 * self.reach) * width..];
        let [pairs, transposed] = &mut scratch.left;

        pair_rows(
            (&gradients.gates, (self.reach + first) * 2 * width, 2 * width),
            2 * width,
            (pairs, 2 * width, 0),
        );
        transpose(pairs, 2 * width, transposed);
        for tap in 0..3 {
            let start = self.tapped(layer, first, tap) * width;
            pair_rows((input, start, width), width, (&mut scratch.right, deep, tap * width));
        }
        let bands = (conditioner, first * bands_width, bands_width);
        pair_rows(bands, bands_width, (&mut scratch.right, deep, 3 * width));
        let right = Pairs { values: &scratch.right, rows: CHUNK / 2, width: deep };
        let left = Pairs { values: transposed, rows: 2 * width, width: CHUNK / 2 };
        unit.add_outer(&left, &right, &mut scratch.gates);

        pair_rows((&gradients.x, first * width, width), width, (pairs, 2 * width, 0));
        pair_rows((&gradients.skips, first * width, width), width, (pairs, 2 * width, width));
        transpose(pairs, 2 * width, transposed);
        let right = &mut scratch.right[..CHUNK / 2 * width];
        pair_rows((&scratch.gated, 0, width), width, (right, width, 0));
        let right = Pairs { values: right, rows: CHUNK / 2, width };
        let left = Pairs { values: transposed, rows: 2 * width, width: CHUNK / 2 };
        unit.add_outer(&left, &right, &mut scratch.output);
    }

    /// Brings a layer's sums to where they are kept, without what fills up tiles.
    fn keep(&self, index: usize, scratch: &Scratch, of_inputs: &mut CropGradients, weights: &mut [f32]) {
        let (channels, width, bands) = (self.channels, self.width, self.bands);
        let deep = 3 * width + self.bands_width;
        let weights = &mut weights[index * self.layer_weights()..][..self.layer_weights()];
        let [dilated, conditioner, outputs, output_bias] = self.parts();
        for output in 0..2 * channels {
            let row = output / channels * width + output % channels;
            let scale = if output < channels { self.residual_scale } else { 1.0 };
            let gates = &scratch.gates[row * deep..][..deep];
            let taps = &mut weights[dilated.clone()][output * channels * 3..][..channels * 3];
            for (input, taps) in taps.chunks_exact_mut(3).enumerate() {
                taps.iter_mut().enumerate().for_each(|(tap, sum)| *sum += gates[tap * width + input]);
            }
            let of_bands = &mut weights[conditioner.clone()][output * bands..][..bands];
            of_bands.iter_mut().zip(&gates[3 * width..]).for_each(|(sum, value)| *sum += value);
            let of_output = &mut weights[outputs.clone()][output * channels..][..channels];
            of_output
                .iter_mut()
                .zip(&scratch.output[row * width..])
                .for_each(|(sum, value)| *sum += scale * value);
            of_inputs.bias[index * 2 * channels + output] = scratch.gate_bias[row];
            if output < channels {
                weights[output_bias.clone()][output] += scale * scratch.handed_bias[row];
            }
        }
    }

    /// From the gradients of a layer's gates, and of what it hands on, to that of its input, for a block; and to that of the
    /// step's projection.
    #[inline(always)]
    fn to_input(
        &self,
        unit: &TileUnit,
        layer: &Layer,
        row: usize,
        gradients: &mut Gradients,
        scratch: &mut Scratch,
    ) {
        let width = self.width;
        let gates = &gradients.gates;
        let taps = (0..3).flat_map(|tap| {
            let start = self.tapping(layer, row, tap) * 2 * width;
            (0..2 * width).step_by(DEPTH).map(move |column| Source::new(gates, start + column, 2 * width))
        });
        let sources: Vec<Source> = taps.collect();
        unit.product(&sources, &layer.gates_to_input, &mut scratch.sums);
        let rows = gradients.x[row * width..(row + BLOCK) * width].chunks_exact_mut(width);
        for (x, sums) in rows.zip(scratch.sums.chunks_exact(width)) {
            let found = lanes_mut(x).iter_mut().zip(lanes_mut(&mut scratch.step));
            for ((x, step), sums) in found.zip(lanes(sums)) {
                let mut both = [0.0; TILE];
                for lane in 0..TILE {
                    both[lane] = self.residual_scale.mul_add(single(x[lane]), sums[lane]);
                }
                *x = narrowed(both);
                step.iter_mut().zip(sums).for_each(|(step, sum)| *step += sum);
            }
        }
    }
}
