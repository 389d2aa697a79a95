//! The levels that a sampling goes through, whatever the sampler.

use std::f64::consts::FRAC_PI_2;

use crate::diffusion::{Evaluation, Prediction, Schedule};

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
    /// Each is followed by less noise, the last by none.
    pub(super) levels: Vec<Level>,
    /// What samplers take of a network along it.
    pub(super) form: Prediction,
    /// Share of the posterior's deviation that ancestral sampling draws anew; the rest is the noise that was found.
    pub(super) eta: f64,
}

/// One level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    /// The network's call there.
    pub evaluation: Evaluation,
    /// ᾱ here, and of the level below: 1 below the last.
    pub alpha_bar: f64,
    pub next_alpha_bar: f64,
    /// ln of the least and of the largest variance that the way down may have; none below the last, and where no network
    /// learns them.
    pub log_variances: Option<[f64; 2]>,
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
        if strength == 1.0 {
            return Self::new(Start::NOISE, steps(training, inference), Prediction::Noise);
        }
        let full = inference.alpha_bars();
        let variance = strength.powi(2) * (1.0 - full[full.len() - 1]);
        match truncated(inference, variance) {
            Some(begun) => {
                let start = Start {
                    carrier_scale: (1.0 - variance).sqrt() as f32,
                    noise_scale: variance.sqrt() as f32,
                };
                Self::new(start, steps(training, &begun), Prediction::Noise)
            }
            None => Self::new(Start::CARRIER, Vec::new(), Prediction::Noise),
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
            return Self::new(Start::CARRIER, Vec::new(), Prediction::Signal);
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
            alpha_bar: cosine(angle(step)).powi(2),
            next_alpha_bar: cosine(angle(step + 1)).powi(2),
            log_variances: None,
        };
        Self::new(start, (0..steps).map(level).collect(), Prediction::Signal)
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

    fn new(start: Start, levels: Vec<Level>, form: Prediction) -> Self {
        Self { start, levels, form, eta: 1.0 }
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
        Level {
            evaluation: Evaluation {
                level: training.align(alpha_bar) as f32,
                signal_scale: alpha_bar.sqrt() as f32,
                noise_scale: (1.0 - alpha_bar).sqrt() as f32,
            },
            alpha_bar,
            next_alpha_bar: if n > 0 { inference.alpha_bars()[n - 1] } else { 1.0 },
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
        assert_eq!((course.levels[0].alpha_bar, course.levels[3].next_alpha_bar), (0.0, 1.0));
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
