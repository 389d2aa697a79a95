//! The network at work on a batch of windows.

use std::sync::Arc;

use super::condition::Conditions;
use super::history::Rings;
use super::job::Job;
use super::layer::Scratch;
use super::level::LevelTable;
use super::packed::{Gates, Packed};
use crate::Result;
use crate::diffusion::History;
use crate::kernel::{Buffer, Executor, InstructionSet};
use crate::mel::{Dialect, Mel};
use crate::network::Weights;
use crate::network::bandwave::config::BandWaveConfig;

/// Frames of a window that go through all layers at a time: their tokens stay in the second cache.
const STRETCH_FRAMES: usize = 24;

/// The packed network with the threads and the memory that it works with.
pub(super) struct Network {
    config: BandWaveConfig,
    packed: Arc<Packed>,
    levels: LevelTable,
    rings: Rings,
    executor: Executor<Scratch>,
    conditions: Conditions,
    windows: usize,
    frames: usize,
    /// What a job works on: three times the tokens of a stretch.
    tokens: Buffer,
    /// Histories of windows that nobody keeps one of.
    own: Vec<History>,
}

impl Network {
    /// Packs (validated) weights for `threads` threads and an instruction set of this machine.
    ///
    /// # Errors
    /// Where the system refuses a thread, or the machine the set.
    pub(super) fn new(
        config: &BandWaveConfig,
        weights: &Weights,
        dialect: &Dialect,
        threads: usize,
        set: InstructionSet,
    ) -> Result<Self> {
        let gates = Gates::new(config.channels, set.panel_columns());
        let packed = Arc::new(Packed::new(config, weights, &gates));
        let (levels, conditions) = (LevelTable::new(config, weights, gates), Conditions::new(config, dialect));
        Self::assembled(config, packed, levels, conditions, threads, set)
    }

    fn assembled(
        config: &BandWaveConfig,
        packed: Arc<Packed>,
        levels: LevelTable,
        conditions: Conditions,
        threads: usize,
        set: InstructionSet,
    ) -> Result<Self> {
        let scratch = || Scratch::new(config.channels, set.panel_columns());
        Ok(Self {
            packed,
            levels,
            rings: Rings::new(config),
            executor: Executor::new(set, threads, scratch)?,
            conditions,
            windows: 0,
            frames: 0,
            tokens: Buffer::default(),
            own: Vec::new(),
            config: config.clone(),
        })
    }

    /// Another on the same weights, of one thread.
    ///
    /// # Errors
    /// Where the system refuses it.
    pub(super) fn beside(&self) -> Result<Self> {
        let packed = Arc::clone(&self.packed);
        let (levels, conditions) = (self.levels.beside(), self.conditions.beside());
        Self::assembled(&self.config, packed, levels, conditions, 1, self.instruction_set())
    }

    /// The configuration.
    pub(super) fn config(&self) -> &BandWaveConfig {
        &self.config
    }

    /// The instruction set that it computes in.
    pub(super) fn instruction_set(&self) -> InstructionSet {
        self.executor.instruction_set()
    }

    /// Threads that compute.
    pub(super) fn threads(&self) -> usize {
        self.executor.threads()
    }

    /// Windows of the batch, and frames of each.
    pub(super) fn batch(&self) -> (usize, usize) {
        (self.windows, self.frames)
    }

    /// Values of one history.
    pub(super) fn history_values(&self) -> usize {
        self.rings.values()
    }

    /// Takes a batch of windows: `frames` frames of each of `mels`, without the first `skip`.
    pub(super) fn condition(&mut self, mels: &[&Mel], skip: usize, frames: usize, look_ahead: usize) {
        (self.windows, self.frames) = (mels.len(), frames);
        let known = look_ahead.min(self.config.look_ahead);
        self.conditions.prepare(&self.packed, &mut self.executor, mels, skip..skip + frames, known);
    }

    /// The whole network on the batch, whose sizes the caller has checked; histories are one per window or none.
    pub(super) fn predict(&mut self, x: &[f32], level: f32, x0: &mut [f32], histories: &mut [&mut History]) {
        if !histories.is_empty() {
            return self.stretches(x, level, x0, histories);
        }
        let (mut own, values) = (std::mem::take(&mut self.own), self.rings.values());
        own.resize_with(self.windows, || History::zeros(values));
        own.iter_mut().for_each(|history| history.values_mut().fill(0.0));
        let mut histories: Vec<&mut History> = own.iter_mut().collect();
        self.stretches(x, level, x0, &mut histories);
        self.own = own;
    }

    /// One window after another, stretch after stretch.
    fn stretches(&mut self, x: &[f32], level: f32, x0: &mut [f32], histories: &mut [&mut History]) {
        let Self { packed, rings, conditions, levels, executor, tokens, .. } = self;
        let window_frames = self.frames;
        let values = (window_frames * 2 * packed.bins).max(1);
        let stretch_frames = STRETCH_FRAMES.min(window_frames);
        tokens.require(3 * stretch_frames * packed.frame());
        let level = levels.constants(level);
        let parts = x.chunks_exact(values).zip(x0.chunks_exact_mut(values)).zip(histories);
        for (window, ((x, x0), history)) in parts.enumerate() {
            let frames = window * window_frames..(window + 1) * window_frames;
            let history = history.values_mut();
            Job { packed, rings, conditions, level, frames, x, x0, tokens, history }
                .run(executor, stretch_frames);
        }
    }
}
