//! The CPU engine as samplers see it.

use super::buffer::Buffer;
use super::conditioner::Conditioners;
use super::denormals::DenormalsFlushed;
use super::engine::Engine;
use super::history::{History, shift_in};
use super::instruction_set::InstructionSet;
use super::layer::Layer;
use super::packed::Packed;
use super::rows::SharedRows;
use super::stage::{Entry, Exit, Stage};
use super::step::StepTable;
use crate::diffusion::{CausalDenoiser, Denoiser};
use crate::mel::Mel;
use crate::network::{DiffWaveConfig, Weights};
use crate::{Error, Result};

/// A DiffWave network on the CPU.
pub struct KernelDenoiser {
    config: DiffWaveConfig,
    packed: Packed,
    steps: StepTable,
    engine: Engine,
    windows: usize,
    samples: usize,
    conditioners: Conditioners,
    /// What layers read and write in turn, `[rows, width]` each.
    signals: [Buffer; 2],
    /// Sum of the skips, `[rows, width]`.
    skips: Buffer,
}

impl KernelDenoiser {
    /// Packs a network with these (validated) weights for `threads` threads, the caller's being one of them, in the
    /// best instruction set or the one that the environment variable `REMEL_KERNEL` names.
    ///
    /// # Errors
    /// Where the variable names no instruction set of this machine, or the system refuses a thread.
    pub fn new(config: &DiffWaveConfig, weights: &Weights, threads: usize) -> Result<Self> {
        Self::with_instruction_set(config, weights, threads, InstructionSet::chosen()?)
    }

    /// The same in a given instruction set.
    ///
    /// # Errors
    /// Where this machine does not have it, or the system refuses a thread.
    pub fn with_instruction_set(
        config: &DiffWaveConfig,
        weights: &Weights,
        threads: usize,
        set: InstructionSet,
    ) -> Result<Self> {
        let set = set.require()?;
        let packed = Packed::new(config, weights, set.panel_columns());
        let engine = Engine::new(set, &packed, threads)?;
        Ok(Self {
            config: config.clone(),
            steps: StepTable::new(config, weights, &packed),
            packed,
            conditioners: Conditioners::new(config, weights),
            engine,
            windows: 0,
            samples: 0,
            signals: [Buffer::default(), Buffer::default()],
            skips: Buffer::default(),
        })
    }

    /// The same with at most `bytes` of memory for projected conditioners, in place of 1.5 GiB. What finds no room in it
    /// is projected with every step, to the same numbers.
    pub fn with_conditioner_bytes(mut self, bytes: usize) -> Self {
        self.conditioners.limit(bytes);
        self
    }

    /// Refuses signals and histories that do not fit the batch.
    fn check(&self, x: &[f32], eps: &[f32], histories: &[&mut [f32]]) -> Result<()> {
        let rows = self.windows * self.samples;
        let refused = |field: &str, found, expected| Err(Error::invalid("CPU engine", field, found, expected));
        for (field, found) in [("samples of x", x.len()), ("samples of eps", eps.len())] {
            if found != rows {
                return refused(field, found, rows);
            }
        }
        if histories.is_empty() {
            return Ok(());
        }
        if histories.len() != self.windows {
            return refused("histories", histories.len(), self.windows);
        }
        let values = if self.config.causal { self.history_values() } else { 0 };
        match histories.iter().find(|history| history.len() != values) {
            Some(history) => refused("values of a history", history.len(), values),
            None => Ok(()),
        }
    }

    /// Dilations between a layer's output and its first tap.
    fn taps_before(&self) -> usize {
        if self.config.causal { 2 } else { 1 }
    }

    /// The instruction set that it computes in.
    pub fn instruction_set(&self) -> InstructionSet {
        self.engine.set
    }
}

impl Denoiser for KernelDenoiser {
    fn condition(&mut self, mels: &[&Mel], samples: usize) -> Result<()> {
        self.condition_after(mels, 0, samples)
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        self.predict_after(x, level, eps, &mut [])
    }

    fn causal(&mut self) -> Option<&mut dyn CausalDenoiser> {
        if self.config.causal { Some(self) } else { None }
    }
}

impl CausalDenoiser for KernelDenoiser {
    fn history_values(&self) -> usize {
        let dilations: usize = self.packed.layers.iter().map(|layer| layer.dilation).sum();
        self.taps_before() * dilations * self.packed.width
    }

    fn condition_after(&mut self, mels: &[&Mel], skip: usize, samples: usize) -> Result<()> {
        let _flushed = DenormalsFlushed::here();
        (self.windows, self.samples) = (mels.len(), samples);
        let rows = self.windows * samples;
        for buffer in self.signals.iter_mut().chain([&mut self.skips]) {
            buffer.require(rows * self.packed.width);
        }
        self.conditioners.prepare(&self.packed, &mut self.engine, mels, skip, samples)
    }

    fn predict_after(
        &mut self,
        x: &[f32],
        level: f32,
        eps: &mut [f32],
        histories: &mut [&mut [f32]],
    ) -> Result<()> {
        let _flushed = DenormalsFlushed::here();
        self.check(x, eps, histories)?;
        let width = self.packed.width;
        let taps_before = self.taps_before();
        let constants = self.steps.constants(level);
        let [input, output] = &mut self.signals;
        let (mut input, mut output) = (&mut **input, &mut **output);
        let entry = SharedRows::new(input, width);
        self.engine.run(&Stage::Entry(Entry {
            packed: &self.packed,
            x,
            step: &constants[..width],
            output: entry,
        }));
        let mut start = 0;
        for (index, weights) in self.packed.layers.iter().enumerate() {
            let constant = constants.get((index + 1) * width..(index + 2) * width);
            let lead = taps_before * weights.dilation;
            self.engine.run(&Stage::Layer(Layer {
                packed: &self.packed,
                weights,
                windows: self.windows,
                samples: self.samples,
                threads: self.engine.threads(),
                lead,
                input,
                history: History { windows: histories, start },
                next: constant.map(|constant| (SharedRows::new(output, width), constant)),
                residual_scale: self.config.residual_scale(),
                skips: SharedRows::new(&mut self.skips, width),
                is_first: index == 0,
                conditioner: self.conditioners.of_layer(index),
            }));
            let layer = start..start + lead * width;
            for (history, input) in histories.iter_mut().zip(input.chunks_exact((self.samples * width).max(1)))
            {
                shift_in(&mut history[layer.clone()], input);
            }
            start = layer.end;
            std::mem::swap(&mut input, &mut output);
        }
        let eps = SharedRows::new(eps, 1);
        self.engine.run(&Stage::Exit(Exit { packed: &self.packed, skips: &self.skips, eps }));
        Ok(())
    }
}
