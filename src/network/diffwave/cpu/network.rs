//! The network at work: all layers on some rows, segment by segment where a window is long.

use super::blocks::{Run, Scratch, Tiling};
use super::conditioner::Conditioners;
use super::ends::{Entry, Exit};
use super::input::{LayerInput, Offsets, SEGMENT_ROWS, Segment, WHOLE_ROWS, shift_in};
use super::label::Biases;
use super::layer::Layer;
use super::packed::Packed;
use super::step::StepTable;
use crate::Result;
use crate::diffusion::History;
use crate::kernel::{Buffer, Executor, InstructionSet, SharedRows};
use crate::mel::Mel;
use crate::network::Weights;
use crate::network::diffwave::config::DiffWaveConfig;

/// The packed network with the threads and the memory that it works with.
pub(super) struct Network {
    config: DiffWaveConfig,
    packed: Packed,
    steps: StepTable,
    executor: Executor<Scratch>,
    windows: usize,
    samples: usize,
    conditioners: Conditioners,
    biases: Biases,
    /// What layers read and write in turn, `[rows, width]` each.
    signals: [Buffer; 2],
    /// Sum of the skips, `[rows, width]`.
    skips: Buffer,
    /// What the segments of a long window leave for the next, where nobody keeps a history.
    history: History,
}

impl Network {
    /// Packs (validated) weights for `threads` threads and an instruction set of this machine.
    ///
    /// # Errors
    /// Where the system refuses a thread, or the machine the set.
    pub(super) fn new(
        config: &DiffWaveConfig,
        weights: &Weights,
        threads: usize,
        set: InstructionSet,
    ) -> Result<Self> {
        let packed = Packed::new(config, weights, set.panel_columns());
        let width = packed.width;
        Ok(Self {
            config: config.clone(),
            steps: StepTable::new(config, weights, &packed),
            biases: Biases::new(config, weights, &packed),
            packed,
            conditioners: Conditioners::new(config, weights),
            executor: Executor::new(set, threads, || Scratch::new(width))?,
            windows: 0,
            samples: 0,
            signals: [Buffer::default(), Buffer::default()],
            skips: Buffer::default(),
            history: History::zeros(0),
        })
    }

    /// Keeps at most `bytes` of projected conditioners.
    pub(super) fn limit_conditioners(&mut self, bytes: usize) {
        self.conditioners.limit(bytes);
    }

    /// Windows of `samples` that are worth being one batch.
    pub(super) fn windows_at_once(&self, samples: usize) -> usize {
        self.conditioners.windows_at_once(&self.packed, samples)
    }

    /// The configuration.
    pub(super) fn config(&self) -> &DiffWaveConfig {
        &self.config
    }

    /// The instruction set that it computes in.
    pub(super) fn instruction_set(&self) -> InstructionSet {
        self.executor.instruction_set()
    }

    /// Windows of the batch, and samples of each.
    pub(super) fn batch(&self) -> (usize, usize) {
        (self.windows, self.samples)
    }

    /// The labels of the batch.
    pub(super) fn labels(&self) -> &[Option<usize>] {
        self.biases.labels()
    }

    /// Values of one history: of every layer as many rows as lie between an output and its first tap.
    pub(super) fn history_values(&self) -> usize {
        2 * self.dilations() * self.packed.width
    }

    /// The sum of all dilations.
    fn dilations(&self) -> usize {
        self.packed.layers.iter().map(|layer| layer.dilation).sum()
    }

    /// Takes other labels, each one of the network's classes.
    pub(super) fn label(&mut self, labels: &[Option<usize>]) {
        self.biases.label(&self.packed, labels);
    }

    /// Takes a batch of windows of `samples`, without the first `skip` that `mels` have.
    ///
    /// # Errors
    /// Where a spectrogram has another number of bands than the network's.
    pub(super) fn condition(&mut self, mels: &[&Mel], skip: usize, samples: usize) -> Result<()> {
        (self.windows, self.samples) = (mels.len(), samples);
        let rows = self.windows * samples;
        for signal in &mut self.signals {
            signal.require(rows.min(WHOLE_ROWS.max(SEGMENT_ROWS)) * self.packed.width);
        }
        self.skips.require(rows * self.packed.width);
        if self.history.values().is_empty() {
            self.history = History::zeros(self.history_values());
        }
        self.conditioners.prepare(&self.packed, &mut self.executor, &self.biases, mels, skip, samples)
    }

    /// The whole network on the batch, whose sizes the caller has checked; histories are one per window or none.
    pub(super) fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32], histories: &mut [&mut History]) {
        let (windows, samples) = (self.windows, self.samples);
        if windows * samples <= WHOLE_ROWS {
            self.layers(x, level, Segment { windows, ..Segment::whole(0, samples) }, histories);
        } else {
            for (window, x) in x.chunks_exact(samples).enumerate() {
                match histories.get_mut(window) {
                    Some(history) => self.window(window, x, level, Some(history)),
                    None => self.window(window, x, level, None),
                }
            }
        }
        let exit = Exit { packed: &self.packed, skips: &self.skips, eps: SharedRows::new(eps, 1) };
        self.executor.run(&exit);
    }

    /// All layers on one window, segment by segment where it is long.
    fn window(&mut self, window: usize, x: &[f32], level: f32, history: Option<&mut History>) {
        if x.len() <= WHOLE_ROWS {
            match history {
                Some(history) => self.layers(x, level, Segment::whole(window, x.len()), &mut [history]),
                None => self.layers(x, level, Segment::whole(window, x.len()), &mut []),
            }
            return;
        }
        let mut own = std::mem::replace(&mut self.history, History::zeros(0));
        let kept = match history {
            Some(history) => history,
            None => {
                own.values_mut().fill(0.0);
                &mut own
            }
        };
        let ahead = if self.config.causal { 0 } else { self.dilations() };
        let end = x.len() + ahead;
        for start in (0..end).step_by(SEGMENT_ROWS) {
            let rows = SEGMENT_ROWS.min(end - start);
            let segment = Segment { window, windows: 1, start, rows, is_partial: true };
            let x = &x[start.min(x.len())..(start + rows).min(x.len())];
            self.layers(x, level, segment, &mut [&mut *kept]);
        }
        self.history = own;
    }

    /// All layers on a segment, from `x`, what there is of its signal, to the skips.
    fn layers(&mut self, x: &[f32], level: f32, segment: Segment, histories: &mut [&mut History]) {
        let width = self.packed.width;
        let constants = self.steps.constants(level);
        let [input, output] = &mut self.signals;
        let (mut input, mut output) = (&mut **input, &mut **output);
        let (step, entry) = (&constants[..width], SharedRows::new(input, width));
        self.executor.run(&Entry { packed: &self.packed, x, step, output: entry });
        let values = segment.windows * segment.rows * width;
        input[x.len() * width..values].fill(0.0);
        let (mut history_start, mut delay) = (0, 0);
        for (index, weights) in self.packed.layers.iter().enumerate() {
            let dilation = weights.dilation;
            let behind = if segment.is_partial && !self.config.causal { dilation } else { 0 };
            delay += behind;
            let lead = dilation * if segment.is_partial || self.config.causal { 2 } else { 1 };
            let computed = segment.computed(delay, self.samples);
            let shift = (segment.window * self.samples + segment.start) as isize - delay as isize;
            let constant = constants.get((index + 1) * width..(index + 2) * width);
            let mut first = computed.start;
            while first < computed.end {
                let run = Run::first(computed.end - first, dilation);
                let (windows, threads) = (segment.windows, self.executor.threads());
                self.executor.run(&Layer {
                    packed: &self.packed,
                    weights,
                    tiling: Tiling { run, dilation, windows, threads },
                    offsets: Offsets { rows: segment.rows, first, behind, shift },
                    input: LayerInput {
                        values: input,
                        rows: segment.rows,
                        width,
                        lead,
                        histories,
                        history_start,
                    },
                    next: constant.map(|constant| (SharedRows::new(output, width), constant)),
                    residual_scale: self.config.residual_scale(),
                    skips: SharedRows::new(&mut self.skips, width),
                    is_first: index == 0,
                    conditioner: self.conditioners.of_layer(index),
                    biases: self.biases.of_layer(index).after(segment.window),
                });
                first += run.samples;
            }
            if segment.is_partial {
                output[..computed.start * width].fill(0.0);
                output[computed.end * width..values].fill(0.0);
            }
            let layer = history_start..history_start + lead * width;
            for (history, input) in histories.iter_mut().zip(input.chunks_exact((segment.rows * width).max(1)))
            {
                shift_in(&mut history.values_mut()[layer.clone()], input);
            }
            history_start = layer.end;
            std::mem::swap(&mut input, &mut output);
        }
    }
}
