//! One evaluation of the network: all layers on some rows, part by part where a window is long.

use super::KernelDenoiser;
use crate::kernel::history::{History, shift_in};
use crate::kernel::layer::{Layer, Place, Run};
use crate::kernel::part::{PART_ROWS, Part, WHOLE_ROWS};
use crate::kernel::rows::SharedRows;
use crate::kernel::stage::{Entry, Stage};

impl KernelDenoiser {
    /// One window, part by part where it is long.
    pub(super) fn window(&mut self, window: usize, x: &[f32], level: f32, history: Option<&mut [f32]>) {
        if x.len() <= WHOLE_ROWS {
            match history {
                Some(history) => self.pass(x, level, Part::whole(window, x.len()), &mut [history]),
                None => self.pass(x, level, Part::whole(window, x.len()), &mut []),
            }
            return;
        }
        let mut past = std::mem::take(&mut self.past);
        let kept = match history {
            Some(history) => history,
            None => {
                past.fill(0.0);
                &mut past[..]
            }
        };
        let ahead: usize = match self.config.causal {
            true => 0,
            false => self.packed.layers.iter().map(|layer| layer.dilation).sum(),
        };
        let end = x.len() + ahead;
        for start in (0..end).step_by(PART_ROWS) {
            let rows = PART_ROWS.min(end - start);
            let part = Part { window, windows: 1, start, rows, cut: true };
            let x = &x[start.min(x.len())..(start + rows).min(x.len())];
            self.pass(x, level, part, &mut [&mut *kept]);
        }
        self.past = past;
    }

    /// All layers on a part of the batch, from `x`, what there is of its signal, to the skips.
    pub(super) fn pass(&mut self, x: &[f32], level: f32, part: Part, histories: &mut [&mut [f32]]) {
        let width = self.packed.width;
        let constants = self.steps.constants(level);
        let [input, output] = &mut self.signals;
        let (mut input, mut output) = (&mut **input, &mut **output);
        let (step, entry) = (&constants[..width], SharedRows::new(input, width));
        self.engine.run(&Stage::Entry(Entry { packed: &self.packed, x, step, output: entry }));
        let values = part.windows * part.rows * width;
        input[x.len() * width..values].fill(0.0);
        let (mut start, mut delay) = (0, 0);
        for (index, weights) in self.packed.layers.iter().enumerate() {
            let behind = if part.cut && !self.config.causal { weights.dilation } else { 0 };
            delay += behind;
            let lead = weights.dilation * if part.cut || self.config.causal { 2 } else { 1 };
            let computed = part.computed(delay, self.samples);
            let shift = (part.window * self.samples + part.start) as isize - delay as isize;
            let constant = constants.get((index + 1) * width..(index + 2) * width);
            let mut first = computed.start;
            while first < computed.end {
                let run = Run::first(computed.end - first, weights.dilation);
                self.engine.run(&Stage::Layer(Layer {
                    packed: &self.packed,
                    weights,
                    windows: part.windows,
                    run,
                    place: Place { rows: part.rows, first, behind, shift },
                    threads: self.engine.threads(),
                    lead,
                    input,
                    history: History { windows: histories, start },
                    next: constant.map(|constant| (SharedRows::new(output, width), constant)),
                    residual_scale: self.config.residual_scale(),
                    skips: SharedRows::new(&mut self.skips, width),
                    is_first: index == 0,
                    conditioner: self.conditioners.of_layer(index),
                    biases: self.biases.of_layer(index).after(part.window),
                }));
                first += run.samples;
            }
            if part.cut {
                output[..computed.start * width].fill(0.0);
                output[computed.end * width..values].fill(0.0);
            }
            let layer = start..start + lead * width;
            for (history, input) in histories.iter_mut().zip(input.chunks_exact((part.rows * width).max(1))) {
                shift_in(&mut history[layer.clone()], input);
            }
            start = layer.end;
            std::mem::swap(&mut input, &mut output);
        }
    }
}
