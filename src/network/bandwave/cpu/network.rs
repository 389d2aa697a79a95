//! The network at work on a batch of windows.

use parking_lot::Mutex;

use super::condition::Conditions;
use super::history::Rings;
use super::job::{Job, Jobs};
use super::layer::Scratch;
use super::level::LevelTable;
use super::packed::{Gates, Packed};
use crate::Result;
use crate::kernel::{Buffer, Executor, InstructionSet};
use crate::mel::{Dialect, Mel};
use crate::network::Weights;
use crate::network::bandwave::config::BandWaveConfig;

/// Frames of a window that go through all layers at a time: their tokens stay in the second cache.
const STRETCH_FRAMES: usize = 24;
/// Tokens from which on it pays that threads share a window: they meet after every layer.
const SHARED_ROWS: usize = 192;

/// The packed network with the threads and the memory that it works with.
pub(super) struct Network {
    config: BandWaveConfig,
    packed: Packed,
    levels: LevelTable,
    rings: Rings,
    executor: Executor<Scratch>,
    conditions: Conditions,
    windows: usize,
    frames: usize,
    /// What jobs work on: of every window three times the tokens of a stretch.
    tokens: Buffer,
    /// Histories of windows that nobody keeps one of.
    own: Vec<Vec<f32>>,
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
        let (channels, panel_columns) = (config.channels, set.panel_columns());
        let gates = Gates::new(channels, panel_columns);
        Ok(Self {
            packed: Packed::new(config, weights, &gates),
            levels: LevelTable::new(config, weights, gates),
            rings: Rings::new(config),
            executor: Executor::new(set, threads, || Scratch::new(channels, panel_columns))?,
            conditions: Conditions::new(config, dialect),
            windows: 0,
            frames: 0,
            tokens: Buffer::default(),
            own: Vec::new(),
            config: config.clone(),
        })
    }

    /// The configuration.
    pub(super) fn config(&self) -> &BandWaveConfig {
        &self.config
    }

    /// The instruction set that it computes in.
    pub(super) fn instruction_set(&self) -> InstructionSet {
        self.executor.instruction_set()
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
    pub(super) fn predict(&mut self, x: &[f32], level: f32, x0: &mut [f32], histories: &mut [&mut [f32]]) {
        if !histories.is_empty() {
            return self.stretches(x, level, x0, histories);
        }
        let (mut own, values) = (std::mem::take(&mut self.own), self.rings.values());
        own.resize_with(self.windows, Vec::new);
        for history in &mut own {
            history.clear();
            history.resize(values, 0.0);
        }
        let mut histories: Vec<&mut [f32]> = own.iter_mut().map(|history| &mut history[..]).collect();
        self.stretches(x, level, x0, &mut histories);
        self.own = own;
    }

    /// All windows, stretch after stretch: each by one thread, or where there is but one and much of it, by all together.
    fn stretches(&mut self, x: &[f32], level: f32, x0: &mut [f32], histories: &mut [&mut [f32]]) {
        let Self { packed, rings, conditions, levels, executor, tokens, .. } = self;
        let window_frames = self.frames;
        let values = (window_frames * 2 * packed.bins).max(1);
        let stretch_frames = STRETCH_FRAMES.min(window_frames);
        let stretch_values = stretch_frames * packed.frame();
        tokens.require(3 * self.windows * stretch_values);
        let level = levels.constants(level);
        let parts = x.chunks_exact(values).zip(x0.chunks_exact_mut(values));
        let memory = tokens.chunks_exact_mut((3 * stretch_values).max(1));
        let jobs = parts.zip(memory).zip(histories).enumerate();
        let mut jobs: Vec<Mutex<Job>> = jobs
            .map(|(window, (((x, x0), tokens), history))| {
                let frames = window * window_frames..(window + 1) * window_frames;
                Mutex::new(Job { packed, rings, conditions, level, frames, x, x0, tokens, history })
            })
            .collect();
        match &mut jobs[..] {
            [job] if window_frames * packed.tokens >= SHARED_ROWS => {
                job.get_mut().run(executor, stretch_frames)
            }
            _ => executor.run(&Jobs { jobs: &jobs, stretch_frames }),
        }
    }
}
