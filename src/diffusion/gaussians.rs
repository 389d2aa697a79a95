//! The Gaussians of one window.

use super::Noise;

/// Where the Gaussians of one window come from.
#[derive(Clone, Copy, Debug)]
pub enum NoiseSource<'a> {
    /// Noise addressed by position: `start` is the position of the window's first value.
    Positional {
        /// The noise.
        noise: Noise,
        /// Which of several independent signals.
        channel: u16,
        /// Position of the first value, counted since the last reset.
        start: u64,
    },
    /// The same for one of several channels that have a part of their noise in common.
    Linked {
        /// The noise.
        noise: Noise,
        /// Which channel; what all have in common is channel 0's.
        channel: u16,
        /// Position of the first value, counted since the last reset.
        start: u64,
        /// Per frame, the share in common, 0 to 1.
        shared: &'a [f32],
        /// Values of a frame.
        frame_values: usize,
    },
    /// Every Gaussian given, `[rows, values]` row-major: row 0 is x_T, row k what the sampler draws from it
    /// ([`super::Sampler::row`]).
    Given(&'a [f32]),
}

impl NoiseSource<'_> {
    /// That of a window `values` later; of given Gaussians the first `given` are left out.
    pub(super) fn after(self, values: usize, given: usize) -> Self {
        match self {
            Self::Positional { noise, channel, start } => {
                Self::Positional { noise, channel, start: start + values as u64 }
            }
            Self::Linked { noise, channel, start, shared, frame_values } => Self::Linked {
                noise,
                channel,
                start: start + values as u64,
                shared: &shared[(values / frame_values).min(shared.len())..],
                frame_values,
            },
            Self::Given(rows) => Self::Given(&rows[given..]),
        }
    }

    /// Row `row` into `out`, `[values]`.
    pub(super) fn row(&self, row: usize, out: &mut [f32]) {
        match self {
            Self::Positional { noise, channel, start } => noise.fill(row as u16, *channel, *start, out),
            Self::Linked { noise, channel, start, shared, frame_values } => {
                noise.fill(row as u16, 0, *start, out);
                let frames = out.chunks_mut(*frame_values).zip(*shared);
                for (index, (frame, shared)) in frames.enumerate().filter(|(_, (_, shared))| **shared < 1.0) {
                    let first = *start + (index * frame_values) as u64;
                    mix(noise, [row as u16, *channel], first, *shared, frame);
                }
            }
            Self::Given(rows) => out.copy_from_slice(&rows[row * out.len()..(row + 1) * out.len()]),
        }
    }
}

/// Leaves a share of `common`, which is at `start`, and adds `channel`'s own noise for the rest: the variance stays 1.
fn mix(noise: &Noise, [row, channel]: [u16; 2], start: u64, shared: f32, common: &mut [f32]) {
    let (of_own, mut own) = ((1.0 - shared * shared).sqrt(), [0.0; 64]);
    for (index, common) in common.chunks_mut(own.len()).enumerate() {
        let own = &mut own[..common.len()];
        noise.fill(row, channel, start + 64 * index as u64, own);
        common.iter_mut().zip(own).for_each(|(common, own)| *common = shared * *common + of_own * *own);
    }
}

/// One window of a batch to sample.
#[derive(Clone, Copy, Debug)]
pub struct Draw<'a> {
    /// Its Gaussians.
    pub noise: NoiseSource<'a>,
    /// Scale of every Gaussian.
    pub temperature: f32,
    /// Standard deviation of the noise per value where the model has a prior (PriorGrad, Lee et al. 2022), else
    /// empty.
    pub std: &'a [f32],
    /// What is noised where the sampling starts from a carrier, `[values]`, else empty.
    pub carrier: &'a [f32],
}

/// The Gaussians that are at a sampler's disposal after one evaluation, for one window.
#[derive(Debug)]
pub struct Gaussians<'a> {
    draw: &'a Draw<'a>,
    row: usize,
    z: &'a mut [f32],
}

impl<'a> Gaussians<'a> {
    /// Those of row `row` of `draw`, once they are drawn into `z`, `[values]`.
    pub fn new(draw: &'a Draw<'a>, row: usize, z: &'a mut [f32]) -> Self {
        Self { draw, row, z }
    }

    /// Draws the evaluation's: what [`Gaussians::value`] gives from here on.
    pub fn draw(&mut self) {
        self.draw.noise.row(self.row, self.z);
    }

    /// Gaussian `index`, of unit variance.
    pub fn value(&self, index: usize) -> f32 {
        self.z[index]
    }

    /// All of them, to be scaled.
    pub fn values_mut(&mut self) -> &mut [f32] {
        self.z
    }

    /// The scale that every one of them takes.
    pub fn temperature(&self) -> f32 {
        self.draw.temperature
    }

    /// The standard deviation that noise has at value `index`.
    pub fn std(&self, index: usize) -> f32 {
        self.draw.std.get(index).copied().unwrap_or(1.0)
    }
}
