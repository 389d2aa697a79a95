//! The network at work: all layers on a few frames, stretch after stretch.

use super::condition::Conditions;
use super::ends::{Decode, Encode, Stretch};
use super::history::Rings;
use super::layer::{BLOCK_ROWS, Layer, Scratch};
use super::level::LevelTable;
use super::packed::{Gates, Packed};
use crate::Result;
use crate::kernel::{Buffer, Executor, InstructionSet, ROWS, SharedRows};
use crate::mel::{Dialect, Mel};
use crate::network::Weights;
use crate::network::bandwave::config::BandWaveConfig;

/// Frames, of all windows together, that go through all layers at a time: their tokens stay in the second cache.
const STRETCH_FRAMES: usize = 24;

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
    /// Tokens, `[frames · tokens, channels]`.
    x: Buffer,
    /// The same, normalized: what layers read and write in turn.
    normalized: [Buffer; 2],
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
            x: Buffer::default(),
            normalized: [Buffer::default(), Buffer::default()],
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
        if !histories.is_empty() || self.windows == 0 {
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

    fn stretches(&mut self, x: &[f32], level: f32, x0: &mut [f32], histories: &mut [&mut [f32]]) {
        let frames = (STRETCH_FRAMES / self.windows.max(1)).max(1);
        for first in (0..self.frames).step_by(frames) {
            let frames = frames.min(self.frames - first);
            let (windows, window_frames) = (self.windows, self.frames);
            self.layers(x, level, x0, Stretch { windows, window_frames, first, frames }, histories);
        }
    }

    /// All layers on a stretch.
    fn layers(
        &mut self,
        x: &[f32],
        level: f32,
        x0: &mut [f32],
        stretch: Stretch,
        histories: &mut [&mut [f32]],
    ) {
        let Self { packed, rings, executor, conditions, .. } = self;
        let (channels, frame) = (packed.channels, packed.frame());
        let rows = stretch.windows * stretch.frames * packed.tokens;
        let [y, next] = &mut self.normalized;
        for buffer in [&mut self.x, &mut *y, &mut *next] {
            buffer.require(rows * channels);
        }
        let (mut y, mut next) = (&mut **y, &mut **next);
        executor.run(&Encode {
            packed,
            stretch,
            input: x,
            envelope: conditions.log_envelopes(),
            x: SharedRows::new(&mut self.x, channels),
            y: SharedRows::new(y, channels),
        });
        let levels = self.levels.constants(level);
        let block_rows = rows.div_ceil(executor.threads()).next_multiple_of(ROWS).min(BLOCK_ROWS);
        for (index, weights) in packed.layers.iter().enumerate() {
            executor.run(&Layer {
                packed,
                weights,
                index,
                frames: stretch.frames,
                block_rows,
                rows,
                x: SharedRows::new(&mut self.x, channels),
                y,
                next: SharedRows::new(next, channels),
                rings,
                histories,
                condition: conditions.of_layer(index),
                condition_frames: stretch.window_frames,
                first_frame: stretch.first,
                level: &levels[index * 2 * channels..][..2 * channels],
            });
            for (history, input) in histories.iter_mut().zip(y.chunks_exact(stretch.frames * frame)) {
                rings.take(history, index, input);
            }
            std::mem::swap(&mut y, &mut next);
        }
        histories.iter_mut().for_each(|history| rings.advance(history, stretch.frames));
        let output = SharedRows::new(x0, 2 * packed.bins);
        executor.run(&Decode { packed, stretch, y, output });
    }
}
