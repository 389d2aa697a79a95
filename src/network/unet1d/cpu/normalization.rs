//! Group normalization (Wu and He 2018) and layer normalization (Ba et al. 2016).

use super::activation::silu;
use super::engine::Engine;
use super::signal::Signal;
use crate::kernel::{Buffer, Lanes, SharedRows, Work};

/// Most rows of a block whose sums are taken together.
const MOMENT_ROWS: usize = 256;
/// What is added to a variance, but where a transformer says otherwise.
const EPSILON: f64 = 1e-5;

/// A group normalization with its affine map.
pub(super) struct GroupNorm {
    groups: usize,
    epsilon: f64,
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl GroupNorm {
    pub(super) fn new(groups: usize, weight: &[f32], bias: &[f32]) -> Self {
        Self { groups, epsilon: EPSILON, weight: weight.to_vec(), bias: bias.to_vec() }
    }

    pub(super) fn with_epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// `x` normalized; after it scaled by 1 + `scale_shift`'s first half and shifted by its second, `[2 · channels]`, where
    /// there is one; after that through SiLU where it is `activated`.
    pub(super) fn run(
        &self,
        engine: &mut Engine,
        x: &Signal,
        scale_shift: Option<&[f32]>,
        activated: bool,
    ) -> Signal {
        let width = x.width();
        let mut moments = vec![0.0; x.rows.div_ceil(MOMENT_ROWS) * 2 * width];
        engine.run(&Moments { x, moments: SharedRows::new(&mut moments, 2 * width) });
        let map = self.map(x, &moments, scale_shift);
        let mut output = engine.signal(x.rows, x.channels);
        let block_rows = engine.block_rows(x.rows);
        let rows = SharedRows::new(output.values_mut(), width);
        engine.run(&Apply { x, map: &map, activated, block_rows, rows });
        output
    }

    /// What the normalization of a signal with these moments is for every channel, as factors and then summands, `[2, width]`.
    fn map(&self, x: &Signal, moments: &[f32], scale_shift: Option<&[f32]>) -> Vec<f32> {
        let (width, size) = (x.width(), x.channels / self.groups);
        let mut map = vec![0.0; 2 * width];
        for group in 0..self.groups {
            let channels = group * size..(group + 1) * size;
            let mut all = Moment::default();
            for (block, sums) in moments.chunks_exact(2 * width).enumerate() {
                let count = MOMENT_ROWS.min(x.rows - block * MOMENT_ROWS) as f64;
                for channel in channels.clone() {
                    let (mean, squares) = (sums[channel].into(), sums[width + channel].into());
                    all = all.joined(Moment { count, mean, squares });
                }
            }
            let inverse = 1.0 / (all.squares / all.count + self.epsilon).sqrt();
            for channel in channels {
                let factor = inverse * f64::from(self.weight[channel]);
                let summand = f64::from(self.bias[channel]) - all.mean * factor;
                let [scale, shift] = scale_shift.map_or([1.0, 0.0], |scale_shift| {
                    [1.0 + f64::from(scale_shift[channel]), scale_shift[x.channels + channel].into()]
                });
                map[channel] = (factor * scale) as f32;
                map[width + channel] = (summand * scale + shift) as f32;
            }
        }
        map
    }
}

/// Count, mean, and squared distances from it, of some values.
#[derive(Clone, Copy, Default)]
struct Moment {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moment {
    /// Those of both sets of values (Chan et al. 1983).
    fn joined(self, other: Self) -> Self {
        let (count, distance) = (self.count + other.count, other.mean - self.mean);
        Self {
            count,
            mean: self.mean + distance * other.count / count,
            squares: self.squares + other.squares + distance * distance * self.count * other.count / count,
        }
    }
}

/// Means, then squared distances from them, of every channel over the rows of a block.
struct Moments<'a> {
    x: &'a Signal,
    /// `[blocks, 2 · width]`
    moments: SharedRows<'a>,
}

impl Work for Moments<'_> {
    type Scratch = Buffer;

    fn blocks(&self) -> usize {
        self.x.rows.div_ceil(MOMENT_ROWS)
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, _: &mut Buffer) {
        let (width, first) = (self.x.width(), block * MOMENT_ROWS);
        let rows = MOMENT_ROWS.min(self.x.rows - first);
        let values = &self.x.values()[first * width..][..rows * width];
        // SAFETY: a row is a block.
        let (means, squares) = unsafe { self.moments.row(block) }.split_at_mut(width);
        for row in values.chunks_exact(width) {
            means.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        means.iter_mut().for_each(|sum| *sum /= rows as f32);
        for row in values.chunks_exact(width) {
            for ((sum, mean), value) in squares.iter_mut().zip(&*means).zip(row) {
                *sum += (value - mean) * (value - mean);
            }
        }
    }
}

/// A map of every channel, and SiLU after it.
struct Apply<'a> {
    x: &'a Signal,
    map: &'a [f32],
    activated: bool,
    block_rows: usize,
    rows: SharedRows<'a>,
}

impl Work for Apply<'_> {
    type Scratch = Buffer;

    fn blocks(&self) -> usize {
        self.x.rows.div_ceil(self.block_rows)
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, _: &mut Buffer) {
        let width = self.x.width();
        let (factors, summands) = self.map.split_at(width);
        for index in block * self.block_rows..((block + 1) * self.block_rows).min(self.x.rows) {
            let values = &self.x.values()[index * width..][..width];
            // SAFETY: blocks have no row in common.
            let row = unsafe { self.rows.row(index) };
            for (((y, x), factor), summand) in row.iter_mut().zip(values).zip(factors).zip(summands) {
                *y = x * factor + summand;
            }
            if self.activated {
                row.iter_mut().for_each(|y| *y = silu(*y));
            }
        }
    }
}

/// Every row of `x` with a mean of 0 and a variance of 1 over its channels.
pub(super) fn normalize_rows(engine: &mut Engine, x: &Signal) -> Signal {
    let mut output = engine.signal(x.rows, x.channels);
    let block_rows = engine.block_rows(x.rows);
    let rows = SharedRows::new(output.values_mut(), x.width());
    engine.run(&Rows { x, block_rows, rows });
    output
}

struct Rows<'a> {
    x: &'a Signal,
    block_rows: usize,
    rows: SharedRows<'a>,
}

impl Work for Rows<'_> {
    type Scratch = Buffer;

    fn blocks(&self) -> usize {
        self.x.rows.div_ceil(self.block_rows)
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, _: &mut Buffer) {
        let (width, channels) = (self.x.width(), self.x.channels);
        for index in block * self.block_rows..((block + 1) * self.block_rows).min(self.x.rows) {
            let values = &self.x.values()[index * width..][..channels];
            let mean = values.iter().map(|x| f64::from(*x)).sum::<f64>() / channels as f64;
            let squares: f64 = values.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum();
            let inverse = 1.0 / (squares / channels as f64 + EPSILON).sqrt();
            // SAFETY: blocks have no row in common.
            let (row, filling) = unsafe { self.rows.row(index) }.split_at_mut(channels);
            for (y, x) in row.iter_mut().zip(values) {
                *y = ((f64::from(*x) - mean) * inverse) as f32;
            }
            filling.fill(0.0);
        }
    }
}
