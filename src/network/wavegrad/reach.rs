//! Which rows of every layer those of another are made from.
//!
//! Rows are counted at their own rate, from the start of the first mel frame on; those before it, and after the last, are
//! zeros. The same rules say how far a call of the network reaches and what of each layer a part of a long window needs.

use super::config::{FIRST_TAPS, Formulation, WaveGradConfig};
use crate::network::{Conditioner, Layout, Rows};

/// Rows from a first to a last one, both of them included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub first: isize,
    /// The last.
    pub last: isize,
}

impl Span {
    /// With `rows` more on either side.
    pub fn grown(self, rows: usize) -> Self {
        Self { first: self.first - rows as isize, last: self.last + rows as isize }
    }

    /// The least span that holds both.
    pub fn joined(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    /// What is left of it in `0..rows`.
    pub fn within(self, rows: usize) -> Self {
        let last = rows as isize - 1;
        Self { first: self.first.clamp(0, last), last: self.last.clamp(0, last) }
    }

    /// Whole groups of `factor` rows around it.
    pub fn in_groups(self, factor: usize) -> Self {
        let factor = factor as isize;
        Self {
            first: self.first.div_euclid(factor) * factor,
            last: self.last.div_euclid(factor) * factor + factor - 1,
        }
    }
}

/// What the rows of the output need of every layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Mel frames.
    pub mel: Span,
    /// Outputs of the first convolution over the mel frames, then of every stage of the way up.
    pub up: Vec<Span>,
    /// Modulations of every stage of the way up, which are the widest spans at their rates.
    pub films: Vec<Span>,
    /// Outputs of the first convolution over x, then of every stage of the way down.
    pub down: Vec<Span>,
    /// Values of x.
    pub x: Span,
}

/// How far one call of a network reaches.
pub struct Reach {
    /// Samples of x before and after a value's own.
    pub samples: [usize; 2],
    /// Mel frames before and after its own.
    pub frames: [usize; 2],
}

impl WaveGradConfig {
    /// How the network lies on time.
    pub fn layout(&self) -> Layout {
        let reach = of(self);
        Layout {
            hop: self.hop(),
            rows: Rows::Samples,
            channels: 1,
            reach: reach.samples,
            whole_windows: false,
            conditioner: Some(Conditioner {
                n_mels: self.n_mels,
                reach_frames: reach.frames,
                optional_frames: 0,
            }),
            short_values: 0,
            causal: false,
        }
    }
}

/// The reach of a network's call: the farthest of all values of a mel frame.
pub fn of(config: &WaveGradConfig) -> Reach {
    let mut reach = Reach { samples: [0; 2], frames: [0; 2] };
    for sample in 0..config.hop() as isize {
        let needs = Needs::of(config, Span { first: sample, last: sample });
        let farther = |so_far: &mut [usize; 2], span: Span, own: isize| {
            so_far[0] = so_far[0].max((own - span.first).max(0) as usize);
            so_far[1] = so_far[1].max((span.last - own).max(0) as usize);
        };
        farther(&mut reach.samples, needs.x, sample);
        farther(&mut reach.frames, needs.mel, 0);
    }
    reach
}

impl Needs {
    /// What the `output` needs, if it has no ends.
    pub fn of(config: &WaveGradConfig, output: Span) -> Self {
        let stages = config.stages();
        let mut up = vec![output.grown(1); stages + 1];
        let mut films = up[..stages].to_vec();
        for stage in (0..stages).rev() {
            let [first, second, third, fourth] = config.up_dilations[stage];
            films[stage] = up[stage + 1].grown(fourth + third + second);
            let factor = config.factors[stage];
            // The residual goes around the dilated convolution and needs no more than that.
            let residual = config.formulation.above(up[stage + 1].grown(fourth + third), factor);
            up[stage] = config.formulation.above(films[stage].grown(first), factor).joined(residual);
        }
        let mut down: Vec<Span> = films.iter().rev().map(|film| film.grown(2)).collect();
        for stage in (0..stages - 1).rev() {
            let around = config.down_dilations[stage].iter().sum();
            let below = config.formulation.below(down[stage + 1].grown(around), config.down_factor(stage));
            down[stage] = down[stage].joined(below);
        }
        Self { mel: up[0].grown(1), x: down[0].grown(FIRST_TAPS / 2), up, films, down }
    }
}

impl Formulation {
    /// The rows that `rows` are upsampled from.
    fn above(self, rows: Span, factor: usize) -> Span {
        match self {
            Self::Lmnt => {
                let factor = factor as isize;
                Span { first: rows.first.div_euclid(factor), last: rows.last.div_euclid(factor) }
            }
            Self::Ivanvovk => {
                Span { first: upsampled(rows.first, factor).row, last: upsampled(rows.last, factor).last() }
            }
        }
    }

    /// The rows that `rows` are downsampled from.
    fn below(self, rows: Span, factor: usize) -> Span {
        let [first, last] = self.taken(factor).map(|row| row as isize);
        let factor = factor as isize;
        Span { first: rows.first * factor + first, last: rows.last * factor + last }
    }

    /// The first and the last row that a downsampled one is the mean of, counted from its group's start.
    pub fn taken(self, factor: usize) -> [usize; 2] {
        match self {
            Self::Lmnt => [0; 2],
            Self::Ivanvovk => [(factor - 1) / 2, factor / 2],
        }
    }
}

/// What an upsampled row is made of, where rows are interpolated: `row`, and of the one after it a share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Upsampled {
    /// The row before.
    pub row: isize,
    /// The share of the next.
    pub share: f32,
}

impl Upsampled {
    fn last(self) -> isize {
        if self.share > 0.0 { self.row + 1 } else { self.row }
    }
}

/// What row `row` of `factor` times as many is made of: it lies at (row + ½)/factor − ½.
pub fn upsampled(row: isize, factor: usize) -> Upsampled {
    let (twice, factor) = (2 * row + 1 - factor as isize, 2 * factor as isize);
    Upsampled { row: twice.div_euclid(factor), share: twice.rem_euclid(factor) as f32 / factor as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolated_rows_lie_between_their_neighbours() {
        let of = |row| {
            let Upsampled { row, share } = upsampled(row, 2);
            (row, share)
        };
        assert_eq!([of(-1), of(0), of(1), of(2)], [(-1, 0.25), (-1, 0.75), (0, 0.25), (0, 0.75)]);
        assert_eq!(upsampled(7, 5), Upsampled { row: 1, share: 0.0 });
        assert_eq!(Formulation::Ivanvovk.taken(2), [0, 1]);
        assert_eq!(Formulation::Ivanvovk.taken(5), [2, 2]);
        assert_eq!(Formulation::Ivanvovk.taken(1), [0, 0]);
    }

    #[test]
    fn the_base_network_reaches_four_frames_to_either_side() {
        let reach = |formulation| {
            let Reach { samples, frames } = of(&WaveGradConfig::base(formulation, 80));
            (samples, frames)
        };
        assert_eq!(reach(Formulation::Lmnt), ([1205, 1146], [3, 3]));
        assert_eq!(reach(Formulation::Ivanvovk), ([1208, 1208], [4, 4]));
    }
}
