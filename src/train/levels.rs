//! How much noise a crop is given, and what the network is told of it.

use super::config::{self, TrainingConfig};
use super::data::{Draws, Split};
use crate::Result;
use crate::diffusion::Schedule;
use crate::model::ModelHeader;

/// The stream of [`Draws`] that levels come from; the data's own are 0 and 1.
const LEVELS: u32 = 2;

/// A noise level of a crop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// √ᾱ.
    pub signal_scale: f64,
    /// The real-valued step of the training schedule that the network is told.
    pub step: f64,
}

/// Where the levels of a training are drawn from.
pub struct Levels {
    training: Schedule,
    /// √ᾱ of the levels that are drawn by themselves, such as those of the short schedule.
    listed: Vec<f64>,
    /// Share of the crops that have one of them.
    listed_share: f64,
    others: config::Levels,
}

impl Levels {
    /// The levels of a training of the model that `header` describes: its short schedule's and others, as `config`
    /// mixes them.
    ///
    /// # Errors
    /// Where the header's schedules are none.
    pub fn new(header: &ModelHeader, config: &TrainingConfig) -> Result<Self> {
        let inference = Schedule::from_betas(header.inference_betas.clone())?;
        Ok(Self {
            training: Schedule::from_betas(header.training_betas.clone())?,
            listed: inference.alpha_bars().iter().map(|alpha_bar| alpha_bar.sqrt()).collect(),
            listed_share: config.fast_share(),
            others: config.levels,
        })
    }

    /// None but the √ᾱ of `listed`, of which there is one at least, each as often as any other.
    pub fn of(training: Schedule, listed: Vec<f64>) -> Self {
        Self { training, listed, listed_share: 1.0, others: config::Levels::Steps }
    }

    /// The steps of `training`, each as often as any other.
    pub fn every(training: Schedule) -> Self {
        let scales = training.alpha_bars().iter().map(|alpha_bar| alpha_bar.sqrt()).collect();
        Self::of(training, scales)
    }

    /// The level that crop `number` of `split` is noised to.
    ///
    /// Antithetic crops come in pairs u, 1 − u, which evens out what a batch sees (as in variational diffusion
    /// models, Kingma et al. 2021, appendix I.1).
    pub fn of_crop(&self, config: &TrainingConfig, split: Split, number: u64) -> Level {
        let (pair, mirrored) = match config.antithetic {
            true => (number / 2, number % 2 == 1),
            false => (number, false),
        };
        self.draw(&mut Draws::new(config.seed, LEVELS + split as u32, pair), mirrored)
    }

    /// The level that `draws` give; its mirror image, at the other end of the range, where it is `mirrored`.
    pub fn draw(&self, draws: &mut Draws, mirrored: bool) -> Level {
        let listed = draws.chance(self.listed_share);
        let drawn = draws.uniform();
        let place = if mirrored { 1.0 - drawn } else { drawn };
        if listed {
            let index = ((place * self.listed.len() as f64) as usize).min(self.listed.len() - 1);
            return self.level(self.listed[index]);
        }
        match self.others {
            config::Levels::Steps => {
                let step = place * (self.training.len() - 1) as f64;
                Level { signal_scale: self.training.signal_scale(step), step }
            }
            config::Levels::Wavegrad => self.level(self.hierarchical(place)),
        }
    }

    /// The level of √ᾱ `signal_scale`. Less noise than the first step's is told as that step's.
    fn level(&self, signal_scale: f64) -> Level {
        Level { signal_scale, step: self.training.align(signal_scale * signal_scale) }
    }

    /// WaveGrad's level (Chen et al. 2021, algorithm 1): a step s of all S evenly, then √ᾱ evenly between those of
    /// s − 1 and s, √ᾱ₀ being 1. `place`, even on [0, 1], draws both: the whole part of S·place, and what is left.
    fn hierarchical(&self, place: f64) -> f64 {
        let steps = self.training.len();
        let scale = |step: usize| if step == 0 { 1.0 } else { self.training.alpha_bars()[step - 1].sqrt() };
        let before = ((place * steps as f64) as usize).min(steps - 1);
        let (from, to) = (scale(before), scale(before + 1));
        from + (to - from) * (place * steps as f64 - before as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn training() -> Schedule {
        Schedule::linear(4, 0.1, 0.4).unwrap()
    }

    fn wavegrad() -> Levels {
        Levels { listed_share: 0.0, others: config::Levels::Wavegrad, ..Levels::of(training(), vec![0.5]) }
    }

    #[test]
    fn wavegrads_levels_fill_every_step_evenly() {
        let (levels, alpha_bars) = (wavegrad(), training().alpha_bars().to_vec());
        let bounds: Vec<f64> = std::iter::once(1.0).chain(alpha_bars.iter().map(|a| a.sqrt())).collect();
        let mut halves = [0; 8];
        for number in 0..16_000 {
            let Level { signal_scale, step } = levels.draw(&mut Draws::new(3, 2, number), false);
            assert!(signal_scale <= 1.0 && signal_scale >= bounds[4], "{signal_scale}");
            let segment = bounds.iter().filter(|bound| **bound > signal_scale).count().max(1) - 1;
            let within = (bounds[segment] - signal_scale) / (bounds[segment] - bounds[segment + 1]);
            halves[2 * segment + usize::from(within > 0.5)] += 1;
            // What the network is told is that √ᾱ's place among the training schedule's.
            let told = (segment as f64 + within - 1.0).max(0.0);
            assert!((step - told).abs() < 1e-9, "√ᾱ {signal_scale}: step {step}, expected {told}");
        }
        assert!(halves.iter().all(|count| (1800..2200).contains(count)), "{halves:?}");
    }

    #[test]
    fn mirrored_levels_lie_at_the_other_end() {
        let levels = wavegrad();
        let total: f64 = (0..2000)
            .map(|number| {
                let [one, other] =
                    [false, true].map(|mirrored| levels.draw(&mut Draws::new(3, 2, number), mirrored));
                // Where both are of steps that the network can be told apart, their places add up to the range.
                if one.step > 0.0 && other.step > 0.0 { (one.step + other.step - 2.0).abs() } else { 0.0 }
            })
            .sum();
        assert!(total < 1e-6, "{total}");
    }

    #[test]
    fn listed_levels_come_as_often_as_each_other() {
        let listed = vec![0.95, 0.8, 0.6];
        let levels = Levels::of(training(), listed.clone());
        let mut counts = [0; 3];
        for number in 0..3000 {
            let level = levels.draw(&mut Draws::new(1, 2, number), number % 2 == 1);
            counts[listed.iter().position(|scale| *scale == level.signal_scale).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (880..1120).contains(count)), "{counts:?}");
    }
}
