//! Noise schedules: how much noise each diffusion step adds, and how a short schedule maps onto a long one.

use crate::{Error, Result};

/// What is left of the noise of a schedule's only level at the end of more steps than one: the variance of DiffWave's fast
/// schedule falls from 0.5 to 1e-4.
const SINGLE_RANGE: f64 = 2e-4;

/// A discrete schedule in the notation of DDPM (Ho et al. 2020) and DiffWave: β_t, and ᾱ_t = Π(1 − β_s).
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    betas: Vec<f64>,
    alpha_bars: Vec<f64>,
}

impl Schedule {
    /// A schedule of explicit βs.
    ///
    /// # Errors
    /// Where there is none, or one lies outside (0, 1).
    pub fn from_betas(betas: Vec<f64>) -> Result<Self> {
        if betas.is_empty() {
            return Err(Error::invalid("schedule", "betas", "none", "at least one"));
        }
        if let Some(bad) = betas.iter().find(|b| !(**b > 0.0 && **b < 1.0 && 1.0 - **b < 1.0)) {
            return Err(Error::invalid("schedule", "beta", bad, "a number above 0 and below 1"));
        }
        let alpha_bars = betas
            .iter()
            .scan(1.0, |product, beta| {
                *product *= 1.0 - beta;
                Some(*product)
            })
            .collect();
        Ok(Self { betas, alpha_bars })
    }

    /// β rising linearly from `first` to `last` (DiffWave: 50 steps, 1e-4 to 0.05).
    pub fn linear(steps: usize, first: f64, last: f64) -> Result<Self> {
        Self::from_betas(spaced(steps, first, last))
    }

    /// √β rising linearly: β as the square of what is linear ("quad" of DDIM, Song et al. 2021).
    pub fn quad(steps: usize, first: f64, last: f64) -> Result<Self> {
        Self::from_betas(spaced(steps, first.sqrt(), last.sqrt()).iter().map(|b| b * b).collect())
    }

    /// β along a logistic curve over [−6, 6], scaled into `first..last`.
    pub fn sigmoid(steps: usize, first: f64, last: f64) -> Result<Self> {
        let logistic = |v: f64| 1.0 / (1.0 + (-v).exp());
        Self::from_betas(
            spaced(steps, -6.0, 6.0).iter().map(|v| logistic(*v) * (last - first) + first).collect(),
        )
    }

    /// Number of steps.
    pub fn len(&self) -> usize {
        self.betas.len()
    }

    /// Never: a schedule has at least one step.
    pub fn is_empty(&self) -> bool {
        self.betas.is_empty()
    }

    /// β of every step, from the least noise to the most.
    pub fn betas(&self) -> &[f64] {
        &self.betas
    }

    /// ᾱ of every step: the share of the signal's energy that is left.
    pub fn alpha_bars(&self) -> &[f64] {
        &self.alpha_bars
    }

    /// The real-valued step of this (training) schedule at which √ᾱ, linearly interpolated, equals √`alpha_bar`:
    /// the fast sampling of DiffWave (appendix B). Levels beyond either end take that end.
    pub fn align(&self, alpha_bar: f64) -> f64 {
        let level = alpha_bar.sqrt();
        let levels: Vec<f64> = self.alpha_bars.iter().map(|a| a.sqrt()).collect();
        for t in 0..levels.len().saturating_sub(1) {
            if levels[t + 1] <= level && level <= levels[t] {
                return t as f64 + (levels[t] - level) / (levels[t] - levels[t + 1]);
            }
        }
        if level > levels[0] { 0.0 } else { (levels.len() - 1) as f64 }
    }

    /// √ᾱ at the real-valued `step`, linearly interpolated: what [`Schedule::align`] inverts. Steps beyond either end
    /// take that end.
    pub fn signal_scale(&self, step: f64) -> f64 {
        let step = step.clamp(0.0, (self.len() - 1) as f64);
        let at = |index: f64| self.alpha_bars[index as usize].sqrt();
        let (low, high) = (at(step.floor()), at(step.ceil()));
        low + (high - low) * step.fract()
    }

    /// ln of the least and of the largest variance that the reverse of step `step` may have: that of the posterior which
    /// knows the signal, β̃ = (1−ᾱ_{n−1})/(1−ᾱ_n)·β, and β (Nichol and Dhariwal 2021, section 3.1). The posterior of the
    /// first step has none and is given the second's.
    pub fn log_variances(&self, step: usize) -> [f64; 2] {
        let known = step.max(1);
        let posterior = match self.betas.get(known) {
            Some(beta) => (1.0 - self.alpha_bars[known - 1]) / (1.0 - self.alpha_bars[known]) * beta,
            None => self.betas[step],
        };
        [posterior.ln(), self.betas[step].ln()]
    }

    /// A schedule of `steps` steps whose ᾱ is spread over this one's range evenly in log signal-to-noise ratio:
    /// what a step count without a schedule of its own means. A schedule of a single level has no range: its steps
    /// then lead down to a five-thousandth of its noise.
    ///
    /// # Errors
    /// Where `steps` is 0.
    pub fn respaced(&self, steps: usize) -> Result<Self> {
        let snr = |alpha_bar: f64| (alpha_bar / (1.0 - alpha_bar)).ln();
        let last = self.alpha_bars[self.len() - 1];
        let first = if self.len() > 1 { self.alpha_bars[0] } else { 1.0 - SINGLE_RANGE * (1.0 - last) };
        let targets = if steps == 1 { vec![snr(last)] } else { spaced(steps, snr(first), snr(last)) };
        let mut previous = 1.0;
        let betas = targets.iter().map(|target| {
            let alpha_bar = 1.0 / (1.0 + (-target).exp());
            let beta = 1.0 - alpha_bar / previous;
            previous = alpha_bar;
            beta
        });
        Self::from_betas(betas.collect())
    }
}

/// `count` numbers from `first` to `last`, both included.
pub(super) fn spaced(count: usize, first: f64, last: f64) -> Vec<f64> {
    let gap = (last - first) / count.saturating_sub(1).max(1) as f64;
    (0..count).map(|i| if i + 1 == count && count > 1 { last } else { first + gap * i as f64 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_schedule() {
        for betas in [vec![], vec![0.0], vec![1.0], vec![0.1, f64::NAN], vec![-0.1]] {
            assert!(Schedule::from_betas(betas).is_err());
        }
    }

    #[test]
    fn a_schedule_aligned_with_itself_is_the_identity() {
        let schedule = Schedule::linear(50, 1e-4, 0.05).expect("valid");
        for (t, alpha_bar) in schedule.alpha_bars().iter().enumerate() {
            assert!((schedule.align(*alpha_bar) - t as f64).abs() < 1e-9);
        }
    }

    #[test]
    fn aligned_steps_have_the_level_they_were_aligned_to() {
        let training = Schedule::linear(50, 1e-4, 0.05).expect("valid");
        for alpha_bar in [0.9998, 0.95, 0.8, 0.3] {
            assert!((training.signal_scale(training.align(alpha_bar)).powi(2) - alpha_bar).abs() < 1e-12);
        }
        assert_eq!(training.signal_scale(99.0), training.alpha_bars()[49].sqrt());
    }

    #[test]
    fn respacing_keeps_both_ends() {
        let schedule = Schedule::from_betas(vec![1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5]).expect("valid");
        for steps in 1..=12 {
            let other = schedule.respaced(steps).expect("valid");
            assert_eq!(other.len(), steps);
            assert!((other.alpha_bars()[steps - 1] - schedule.alpha_bars()[5]).abs() < 1e-12);
        }
    }
}
