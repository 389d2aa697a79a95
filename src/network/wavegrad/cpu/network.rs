//! The network at work on a batch of windows, each part by part where it is long.

use super::packed::Packed;
use super::plane::{Plane, width};
use super::product::{Activated, Product, scratch};
use crate::Result;
use crate::kernel::{Buffer, Executor, InstructionSet};
use crate::mel::Mel;
use crate::network::Weights;
use crate::network::wavegrad::config::WaveGradConfig;
use crate::network::wavegrad::encoding::encoding;
use crate::network::wavegrad::reach::{Needs, Span};

/// Most frames of a part: of a longer window it takes less memory to compute what parts have in common twice.
const PART_FRAMES: usize = 128;

/// The packed network with the threads and the memory that it works with.
pub(super) struct Network {
    pub(super) config: WaveGradConfig,
    pub(super) packed: Packed,
    pub(super) executor: Executor<Buffer>,
    frames: usize,
    /// The first convolution over every window's mel frames, and the leaky rectifier of it.
    pub(super) conditions: Vec<[Plane; 2]>,
    pub(super) planes: Planes,
}

/// What the stages work on.
#[derive(Default)]
pub(super) struct Planes {
    /// What a stage begins with and what it ends with, of either path.
    pub(super) ends: [Plane; 2],
    /// The leaky rectifier of what a stage of the way up begins with and ends with.
    pub(super) activated: [Plane; 2],
    /// What is in between.
    pub(super) hidden: [Plane; 3],
    /// Shifts and scales of every stage of the way up.
    pub(super) films: Vec<Plane>,
}

/// A part of a window.
pub(super) struct Part {
    pub(super) needs: Needs,
    /// Frames of the whole window.
    pub(super) frames: usize,
    /// The level's encoding for every stage of the way up.
    pub(super) encodings: Vec<Buffer>,
}

impl Network {
    /// Packs (validated) weights for `threads` threads and an instruction set of this machine.
    ///
    /// # Errors
    /// Where the system refuses a thread, or the machine the set.
    pub(super) fn new(
        config: &WaveGradConfig,
        weights: &Weights,
        threads: usize,
        set: InstructionSet,
    ) -> Result<Self> {
        let panel_columns = set.panel_columns();
        let mut planes = Planes::default();
        planes.films.resize_with(config.stages(), Plane::default);
        Ok(Self {
            config: config.clone(),
            packed: Packed::new(config, weights, panel_columns),
            executor: Executor::new(set, threads, || scratch(panel_columns))?,
            frames: 0,
            conditions: Vec::new(),
            planes,
        })
    }

    /// The configuration.
    pub(super) fn config(&self) -> &WaveGradConfig {
        &self.config
    }

    /// The instruction set that it computes in.
    pub(super) fn instruction_set(&self) -> InstructionSet {
        self.executor.instruction_set()
    }

    /// Windows of the batch, and samples of each.
    pub(super) fn batch(&self) -> (usize, usize) {
        (self.conditions.len(), self.frames * self.config.hop())
    }

    /// Takes a batch of windows of `frames` mel frames each.
    pub(super) fn condition(&mut self, mels: &[&Mel], frames: usize) {
        self.frames = frames;
        self.conditions.resize_with(mels.len(), Default::default);
        let threads = self.executor.threads();
        let convolution = &self.packed.up_first;
        let span = Span { first: 0, last: frames as isize - 1 };
        let [rows, ..] = &mut self.planes.hidden;
        for (mel, [raw, activated]) in mels.iter().zip(&mut self.conditions) {
            rows.begin(span, width(mel.n_mels()));
            let target = rows.rows();
            for frame in 0..frames {
                // SAFETY: one row after another.
                let row = unsafe { target.row(frame as isize) };
                row.fill(0.0);
                row[..mel.n_mels()].copy_from_slice(mel.frame(frame));
            }
            raw.begin(span, convolution.width);
            activated.begin(span, convolution.width);
            self.executor.run(&Product {
                raw: Some(raw.rows()),
                activated: Some(Activated { rows: activated.rows(), film: None, encoding: None }),
                ..Product::new(convolution, rows, span, threads)
            });
        }
    }

    /// The whole network on the batch, whose sizes the caller has checked.
    pub(super) fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) {
        let (hop, frames) = (self.config.hop(), self.frames);
        if frames == 0 {
            return;
        }
        let padded = |stage: usize| {
            let values = encoding(self.config.formulation, self.config.film_inputs(stage), level);
            let mut buffer = Buffer::zeroed(width(values.len()));
            buffer[..values.len()].copy_from_slice(&values);
            buffer
        };
        let mut encodings: Vec<Buffer> = (0..self.config.stages()).map(padded).collect();
        let part_frames = frames.div_ceil(frames.div_ceil(PART_FRAMES));
        let windows = x.chunks_exact(frames * hop).zip(eps.chunks_exact_mut(frames * hop));
        for (window, (x, eps)) in windows.enumerate() {
            for (index, eps) in eps.chunks_mut(part_frames * hop).enumerate() {
                let first = index * part_frames * hop;
                let output = Span { first: first as isize, last: (first + eps.len()) as isize - 1 };
                let part = Part { needs: self.needs(output), frames, encodings };
                self.way_down(x, &part);
                self.way_up(window, output, &part, eps);
                encodings = part.encodings;
            }
        }
    }

    /// What `output` needs, without what lies outside of the window.
    fn needs(&self, output: Span) -> Needs {
        let (config, frames) = (&self.config, self.frames);
        let mut needs = Needs::of(config, output);
        let mut rows = 1;
        for (stage, up) in needs.up.iter_mut().enumerate() {
            *up = up.within(rows * frames);
            rows *= config.factors.get(stage).copied().unwrap_or(1);
        }
        for (stage, film) in needs.films.iter_mut().enumerate() {
            *film = film.within(config.rate(stage) * frames);
        }
        for (index, down) in needs.down.iter_mut().enumerate() {
            *down = down.within(config.rate(config.stages() - 1 - index) * frames);
        }
        needs
    }
}
