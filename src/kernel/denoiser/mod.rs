//! The CPU engine as samplers see it.

mod pass;

use crate::diffusion::{CausalDenoiser, Denoiser};
use crate::kernel::buffer::Buffer;
use crate::kernel::conditioner::Conditioners;
use crate::kernel::denormals::DenormalsFlushed;
use crate::kernel::engine::Engine;
use crate::kernel::instruction_set::InstructionSet;
use crate::kernel::label::Biases;
use crate::kernel::packed::Packed;
use crate::kernel::part::{PART_ROWS, Part, WHOLE_ROWS};
use crate::kernel::rows::SharedRows;
use crate::kernel::stage::{Exit, Stage};
use crate::kernel::step::StepTable;
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
    biases: Biases,
    /// What layers read and write in turn, `[rows, width]` each.
    signals: [Buffer; 2],
    /// Sum of the skips, `[rows, width]`.
    skips: Buffer,
    /// What the parts of a long window leave for the next.
    past: Buffer,
}

impl KernelDenoiser {
    /// Packs a network with these (validated) weights for `threads` threads, the caller's being one of them, in the
    /// best instruction set or the one that the environment variable `REMEL_KERNEL` names.
    ///
    /// # Errors
    /// Where the variable names no instruction set of this machine, and as [`Self::with_instruction_set`] has it.
    pub fn new(config: &DiffWaveConfig, weights: &Weights, threads: usize) -> Result<Self> {
        Self::with_instruction_set(config, weights, threads, InstructionSet::chosen()?)
    }

    /// The same in a given instruction set.
    ///
    /// # Errors
    /// Where this machine does not have it, the system refuses a thread, or the network learns variances.
    pub fn with_instruction_set(
        config: &DiffWaveConfig,
        weights: &Weights,
        threads: usize,
        set: InstructionSet,
    ) -> Result<Self> {
        config.require_fixed_variances("CPU engine")?;
        let set = set.require()?;
        let packed = Packed::new(config, weights, set.panel_columns());
        let engine = Engine::new(set, &packed, threads)?;
        Ok(Self {
            config: config.clone(),
            steps: StepTable::new(config, weights, &packed),
            biases: Biases::new(config, weights, &packed),
            packed,
            conditioners: Conditioners::new(config, weights),
            engine,
            windows: 0,
            samples: 0,
            signals: [Buffer::default(), Buffer::default()],
            skips: Buffer::default(),
            past: Buffer::default(),
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
        self.config.check_labels(self.biases.labels(), self.windows)?;
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

    /// The instruction set that it computes in.
    pub fn instruction_set(&self) -> InstructionSet {
        self.engine.set
    }
}

impl Denoiser for KernelDenoiser {
    fn label(&mut self, labels: &[Option<usize>]) -> Result<()> {
        self.config.check_labels(labels, labels.len())?;
        self.biases.label(&self.packed, labels);
        Ok(())
    }

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
        2 * dilations * self.packed.width
    }

    fn condition_after(&mut self, mels: &[&Mel], skip: usize, samples: usize) -> Result<()> {
        let _flushed = DenormalsFlushed::here();
        self.config.check_labels(self.biases.labels(), mels.len())?;
        (self.windows, self.samples) = (mels.len(), samples);
        let rows = self.windows * samples;
        for signal in &mut self.signals {
            signal.require(rows.min(WHOLE_ROWS.max(PART_ROWS)) * self.packed.width);
        }
        self.skips.require(rows * self.packed.width);
        self.past.require(self.history_values());
        self.conditioners.prepare(&self.packed, &mut self.engine, &self.biases, mels, skip, samples)
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
        let (windows, samples) = (self.windows, self.samples);
        if windows * samples <= WHOLE_ROWS {
            self.pass(x, level, Part { windows, ..Part::whole(0, samples) }, histories);
        } else {
            for (window, x) in x.chunks_exact(samples).enumerate() {
                match histories.get_mut(window) {
                    Some(history) => self.window(window, x, level, Some(history)),
                    None => self.window(window, x, level, None),
                }
            }
        }
        let exit = Exit { packed: &self.packed, skips: &self.skips, eps: SharedRows::new(eps, 1) };
        self.engine.run(&Stage::Exit(exit));
        Ok(())
    }
}
