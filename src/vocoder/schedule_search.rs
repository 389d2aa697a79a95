//! The search for a schedule of few steps (Chen et al. 2020, section 4.1): of a grid of βs, those whose renders come nearest
//! to recordings.

use std::collections::HashSet;

use super::Vocoder;
use crate::diffusion::Schedule;
use crate::mel::{Mel, mel_of};
use crate::render::{Request, ScheduleChoice};
use crate::{Error, Result};

/// β of iteration i, of n, is m·10^e, where e rises evenly from the first to the last and every m is one of the grid's.
const EXPONENTS: [f64; 2] = [-6.0, -1.0];
/// The least and the largest m.
const MANTISSAS: [f64; 2] = [1.0, 9.0];
/// Draws of a candidate after which a grid has hardly one left that was not drawn before.
const MOST_DRAWS: usize = 1000;

/// The schedules that are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduleGrid {
    /// βs of a schedule.
    pub iterations: usize,
    /// Values of every β, 1 to 9 times a power of ten.
    pub mantissas: usize,
    /// Most schedules that are tried; where the grid has more, they are drawn from it.
    pub candidates: usize,
    /// Which are drawn, and the noise that all are sampled with.
    pub seed: u64,
}

/// What a search has found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FoundSchedule {
    /// β of every step, from the least noise to the most.
    pub betas: Vec<f64>,
    /// Mean absolute difference of its renders' mel frames, which are logarithms, from those of the recordings.
    pub distance: f64,
    /// Schedules that were tried.
    pub tried: usize,
}

impl ScheduleGrid {
    /// The candidates, in the order in which they are tried: rising ones of the grid that have no more noise in them than
    /// `most`, the least ᾱ.
    ///
    /// # Errors
    /// Where the grid has none.
    fn schedules(&self, most: f64) -> Result<Vec<Vec<f64>>> {
        let all = (self.mantissas as f64).powi(self.iterations as i32);
        let numbers: Vec<Vec<usize>> = match all <= self.candidates as f64 {
            true => (0..all as usize).map(|number| self.digits(number)).collect(),
            false => self.drawn(),
        };
        let fits = |betas: &Vec<f64>| {
            let noise =
                Schedule::from_betas(betas.clone()).map(|schedule| schedule.alpha_bars()[betas.len() - 1]);
            betas.is_sorted() && noise.is_ok_and(|alpha_bar| alpha_bar >= most)
        };
        let schedules: Vec<Vec<f64>> = numbers.iter().map(|digits| self.betas(digits)).filter(fits).collect();
        if schedules.is_empty() {
            let expected = "rising betas with no more noise than the training's: more of them, or candidates";
            return Err(Error::invalid("schedule search", "grid", "no such schedule", expected));
        }
        Ok(schedules)
    }

    /// The mantissas of candidate `number`.
    fn digits(&self, number: usize) -> Vec<usize> {
        let digit = |index: usize| number / self.mantissas.pow(index as u32) % self.mantissas;
        (0..self.iterations).map(digit).collect()
    }

    /// Different candidates at random.
    fn drawn(&self) -> Vec<Vec<usize>> {
        let (mut known, mut drawn) = (HashSet::new(), Vec::new());
        let mut numbers = (1..).map(|number| mixed(self.seed, number) as usize % self.mantissas);
        for _ in 0..self.candidates.saturating_mul(MOST_DRAWS) {
            let digits: Vec<usize> = numbers.by_ref().take(self.iterations).collect();
            if known.insert(digits.clone()) {
                drawn.push(digits);
            }
            if drawn.len() == self.candidates {
                break;
            }
        }
        drawn
    }

    fn betas(&self, digits: &[usize]) -> Vec<f64> {
        let between = |[first, last]: [f64; 2], index: usize, count: usize| {
            first + (last - first) * index as f64 / count.saturating_sub(1).max(1) as f64
        };
        let beta = |(index, digit): (usize, &usize)| {
            // A single step is the last one.
            let place = if self.iterations == 1 { 1 } else { index };
            let exponent = between(EXPONENTS, place, self.iterations.max(2));
            between(MANTISSAS, *digit, self.mantissas) * 10_f64.powf(exponent)
        };
        digits.iter().enumerate().map(beta).collect()
    }
}

impl Vocoder {
    /// The schedule of `grid` whose renders of `clips`, recordings at the model's rate, come nearest to them, telling
    /// `on_evaluation(done, all)` after each network call.
    ///
    /// # Errors
    /// Where the model has no schedule of βs or no mel frames, a clip is too short for one, or the device fails.
    pub fn search_schedule(
        &mut self,
        clips: &[Vec<f32>],
        grid: &ScheduleGrid,
        on_evaluation: &mut dyn FnMut(usize, usize),
    ) -> Result<FoundSchedule> {
        let model = self.model().clone();
        let (header, dialect) = (model.header(), model.dialect()?);
        if header.training_betas.is_empty() {
            let expected = "one that is sampled along betas";
            return Err(Error::invalid(&header.card.name, "network", header.network.family(), expected));
        }
        let training = Schedule::from_betas(header.training_betas.clone())?;
        let schedules = grid.schedules(training.alpha_bars()[training.len() - 1])?;
        let mels = clips.iter().map(|clip| mel_of(clip, dialect)).collect::<Result<Vec<Mel>>>()?;
        let (mut done, all) = (0, schedules.len() * mels.len() * grid.iterations);
        let mut best: Option<(f64, &Vec<f64>)> = None;
        for betas in &schedules {
            let schedule = ScheduleChoice::Betas(betas.clone().into());
            let request = Request { schedule, seed: grid.seed, coherence: 0.0, ..Request::default() };
            let mut distance = 0.0;
            for mel in &mels {
                let audio = self.synthesize(mel, &[], &request, &mut |_, _| {
                    done += 1;
                    on_evaluation(done, all);
                })?;
                distance += apart(mel, &mel_of(&audio, dialect)?) / mels.len() as f64;
            }
            if best.is_none_or(|(least, _)| distance < least) {
                best = Some((distance, betas));
            }
        }
        let (distance, betas) = best.expect("a grid has a schedule");
        Ok(FoundSchedule { betas: betas.clone(), distance, tried: schedules.len() })
    }
}

/// Random number `number` of those that belong to `seed` (SplitMix64; Steele, Lea and Flood, OOPSLA 2014).
fn mixed(seed: u64, number: u64) -> u64 {
    let state = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// Mean absolute difference over the frames that both have.
fn apart(one: &Mel, other: &Mel) -> f64 {
    let pairs = || one.as_frames().iter().zip(other.as_frames());
    pairs().map(|(a, b)| f64::from((a - b).abs())).sum::<f64>() / pairs().count().max(1) as f64
}
