//! The levels that a sampling goes through, whatever the sampler.

use std::f64::consts::FRAC_PI_2;

use super::churn::Churn;
use super::level::{Level, Scale};
use crate::diffusion::{Evaluation, Preconditioning, Prediction, Schedule, Threshold};

/// Noise that is not worth a step: its share of the variance in the signal.
const LEAST_VARIANCE: f64 = 1e-6;
/// The slope of an angle over strength where it is small, as a share of a right angle.
const STRENGTH_SLOPE: f64 = 0.55;

/// What a sampling starts from: `carrier_scale`·carrier + `noise_scale`·noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// Share of the carrier.
    pub carrier_scale: f32,
    /// Share of the noise.
    pub noise_scale: f32,
}

/// Levels from the most noise to the least: what a sampler is laid along.
#[derive(Clone, Debug)]
pub struct Course {
    pub(super) start: Start,
    /// Each is followed by less noise, the last by none or, of σ, by the least.
    pub(super) levels: Vec<Level>,
    /// What they are.
    pub(super) scale: Scale,
    /// What samplers take of a network along it.
    pub(super) form: Prediction,
    /// Share of the posterior's deviation that ancestral sampling draws anew; the rest is the noise that was found.
    pub(super) eta: f64,
    /// ρ of ADPM2: which roots of σ it takes the middle of.
    pub(super) rho: f64,
    /// What the stochastic sampler adds.
    pub(super) churn: Churn,
    /// What the network predicts, where that is a matter of how it was trained, and how signals are limited that were found.
    pub(super) predicts: Option<Prediction>,
    pub(super) threshold: Option<Threshold>,
}

impl Course {
    /// The levels of `inference` as far as `strength` says, told as a network knows them that was trained on `training`
    /// (DiffWave, appendix B).
    ///
    /// `strength` says how far the carrier is noised, as a share of the schedule's largest noise: 1 starts from pure noise,
    /// 0 returns the carrier; between them the schedule begins at exactly that much noise. Any number will do: what lies
    /// outside of that range takes its end.
    pub fn of_steps(training: &Schedule, inference: &Schedule, strength: f64) -> Self {
        let strength = share(strength);
        let new = |start, levels| Self::new(start, levels, Scale::Steps(training.clone()), Prediction::Noise);
        if strength == 1.0 {
            return new(Start::NOISE, steps(training, inference));
        }
        let full = inference.alpha_bars();
        let variance = strength.powi(2) * (1.0 - full[full.len() - 1]);
        match truncated(inference, variance) {
            Some(begun) => {
                let start = Start {
                    carrier_scale: (1.0 - variance).sqrt() as f32,
                    noise_scale: variance.sqrt() as f32,
                };
                new(start, steps(training, &begun))
            }
            None => new(Start::CARRIER, Vec::new()),
        }
    }

    /// So many `steps` of equal angles φ down to 0, in x = cos φ·x₀ + sin φ·ε: from a right angle, where there is nothing but
    /// noise, or from as far as `strength` says.
    ///
    /// Between its ends strength has a curve, 0.55·s + 0.45·s¹²: what is worth hearing of a carrier lies between a tenth and
    /// half of a right angle, and that is most of its range.
    pub fn of_angles(steps: usize, strength: f64) -> Self {
        let strength = share(strength);
        let most = FRAC_PI_2 * (STRENGTH_SLOPE * strength + (1.0 - STRENGTH_SLOPE) * strength.powi(12));
        if most.sin().powi(2) < LEAST_VARIANCE {
            return Self::new(Start::CARRIER, Vec::new(), Scale::Angles, Prediction::Signal);
        }
        let start = match strength == 1.0 {
            true => Start::NOISE,
            false => Start { carrier_scale: most.cos() as f32, noise_scale: most.sin() as f32 },
        };
        let angle = |step: usize| most * (1.0 - step as f64 / steps as f64);
        // The cosine of a right angle is none, but for rounding.
        let cosine = |angle: f64| if angle == FRAC_PI_2 { 0.0 } else { angle.cos() };
        let level = |step: usize| Level {
            evaluation: Evaluation {
                level: angle(step) as f32,
                signal_scale: cosine(angle(step)) as f32,
                noise_scale: angle(step).sin() as f32,
            },
            signal: cosine(angle(step)),
            noise: angle(step).sin(),
            next_signal: cosine(angle(step + 1)),
            next_noise: angle(step + 1).sin(),
            log_variances: None,
        };
        Self::new(start, (0..steps).map(level).collect(), Scale::Angles, Prediction::Signal)
    }

    /// `sigmas` from the largest down to the least, the last being where sampling ends: so many less one are its levels. What
    /// comes out is x₀ + σ·ε with that least σ.
    ///
    /// `strength` says how far the carrier is noised, as a share of the largest σ: 1 starts from noise alone, 0 returns the
    /// carrier.
    pub fn of_sigmas(preconditioning: Preconditioning, sigmas: &[f64], strength: f64) -> Self {
        let strength = share(strength);
        let scale = Scale::Sigmas(preconditioning);
        let most = strength * sigmas.first().copied().unwrap_or(0.0);
        // A level closer than this to the start would be a step that does nothing.
        let below = sigmas.iter().copied().filter(|sigma| *sigma < most * (1.0 - LEAST_VARIANCE));
        let sigmas: Vec<f64> = [most].into_iter().chain(below).collect();
        if sigmas.len() == 1 {
            return Self::new(Start::CARRIER, Vec::new(), scale, Prediction::Signal);
        }
        let [signal, noise] = preconditioning.scales(most).map(|scale| scale as f32);
        let start = Start { carrier_scale: if strength == 1.0 { 0.0 } else { signal }, noise_scale: noise };
        let level = |index: usize| {
            let [signal, noise] = preconditioning.scales(sigmas[index]);
            let [next_signal, next_noise] = match index + 2 == sigmas.len() {
                true => [1.0, sigmas[index + 1]],
                false => preconditioning.scales(sigmas[index + 1]),
            };
            let evaluation = preconditioning.evaluation(sigmas[index]);
            Level { evaluation, signal, noise, next_signal, next_noise, log_variances: None }
        };
        let levels = (0..sigmas.len() - 1).map(level).collect();
        let course = Self::new(start, levels, scale, Prediction::Signal);
        let (predicts, threshold) = (Some(preconditioning.prediction()), preconditioning.threshold());
        Self { predicts, threshold, ..course }
    }

    /// The same for a network that is told √ᾱ, whatever it was trained on (WaveGrad: Chen et al. 2020, section 2.2).
    pub fn told_signal_scales(mut self) -> Self {
        for Level { evaluation, .. } in &mut self.levels {
            evaluation.level = evaluation.signal_scale;
        }
        self
    }

    /// The same with another share of fresh noise in ancestral sampling: 1 is DDPM's posterior, 0 is DDIM (Song, Meng and
    /// Ermon 2021, equation 16).
    pub fn with_eta(self, eta: f64) -> Self {
        Self { eta: share(eta), ..self }
    }

    /// The same with another ρ of ADPM2, above 0: its middle is where the ρ-th root of σ is in the middle.
    pub fn with_rho(self, rho: f64) -> Self {
        Self { rho: if rho.is_finite() && rho > 0.0 { rho } else { 1.0 }, ..self }
    }

    /// The same with other noise that the stochastic sampler adds.
    pub fn with_churn(self, churn: Churn) -> Self {
        Self { churn, ..self }
    }

    /// How many σ above 0 it goes through.
    pub(super) fn sigmas(&self) -> usize {
        self.levels.len() + usize::from(self.levels.last().is_some_and(|level| level.next_noise > 0.0))
    }

    fn new(start: Start, levels: Vec<Level>, scale: Scale, form: Prediction) -> Self {
        let (predicts, threshold) = (None, None);
        Self { start, levels, scale, form, eta: 1.0, rho: 1.0, churn: Churn::default(), predicts, threshold }
    }
}

impl Start {
    /// Pure noise.
    const NOISE: Self = Self { carrier_scale: 0.0, noise_scale: 1.0 };
    /// The carrier as it is.
    const CARRIER: Self = Self { carrier_scale: 1.0, noise_scale: 0.0 };
}

/// 0 to 1; what is no number is all of it.
fn share(value: f64) -> f64 {
    if value.is_finite() { value.clamp(0.0, 1.0) } else { 1.0 }
}

/// The part of `schedule` with less noise than `variance`, and then that; none where that is hardly any.
fn truncated(schedule: &Schedule, variance: f64) -> Option<Schedule> {
    if variance < LEAST_VARIANCE {
        return None;
    }
    let alpha_bar = 1.0 - variance;
    // A level closer than this to the start would be a step that does nothing.
    let kept = schedule.alpha_bars().iter().copied().take_while(|kept| *kept > alpha_bar + LEAST_VARIANCE);
    let mut previous = 1.0;
    let betas = kept.chain([alpha_bar]).map(|level| {
        let beta = 1.0 - level / previous;
        previous = level;
        beta
    });
    Schedule::from_betas(betas.collect()).ok()
}

fn steps(training: &Schedule, inference: &Schedule) -> Vec<Level> {
    let level = |n: usize| {
        let alpha_bar = inference.alpha_bars()[n];
        let next_alpha_bar = if n > 0 { inference.alpha_bars()[n - 1] } else { 1.0 };
        Level {
            evaluation: Evaluation {
                level: training.align(alpha_bar) as f32,
                signal_scale: alpha_bar.sqrt() as f32,
                noise_scale: (1.0 - alpha_bar).sqrt() as f32,
            },
            signal: alpha_bar.sqrt(),
            noise: (1.0 - alpha_bar).sqrt(),
            next_signal: next_alpha_bar.sqrt(),
            next_noise: (1.0 - next_alpha_bar).sqrt(),
            log_variances: (n > 0).then(|| inference.log_variances(n)),
        }
    };
    (0..inference.len()).rev().map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_fall_evenly_from_a_right_one() {
        let course = Course::of_angles(4, 1.0);
        let angles: Vec<f32> = course.levels.iter().map(|level| level.evaluation.level).collect();
        let expected = [1.0, 0.75, 0.5, 0.25].map(|share| (FRAC_PI_2 * share) as f32);
        assert_eq!(angles, expected);
        assert_eq!((course.levels[0].signal, course.levels[3].next_noise), (0.0, 0.0));
    }

    #[test]
    fn most_of_the_strength_is_where_carriers_are_worth_hearing() {
        let angle = |strength: f64| {
            let course = Course::of_angles(3, strength);
            f64::from(course.levels[0].evaluation.level) / FRAC_PI_2
        };
        assert!(angle(0.18) < 0.1 && angle(0.8) < 0.5 && angle(0.99) > 0.9);
        let rising: Vec<f64> = (1..=100).map(|percent| angle(f64::from(percent) / 100.0)).collect();
        assert!(rising.is_sorted() && (rising[99] - 1.0).abs() < 1e-6);
    }
}
