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
            Self::Given(rows) => Self::Given(&rows[given..]),
        }
    }

    /// Row `row` into `out`, `[values]`.
    pub(super) fn row(&self, row: usize, out: &mut [f32]) {
        match self {
            Self::Positional { noise, channel, start } => noise.fill(row as u16, *channel, *start, out),
            Self::Given(rows) => out.copy_from_slice(&rows[row * out.len()..(row + 1) * out.len()]),
        }
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
