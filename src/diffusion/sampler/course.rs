//! The levels that a sampling goes through, whatever the sampler.

use crate::diffusion::{Evaluation, Schedule};

/// Noise that is not worth a step: its share of the variance in the signal.
const LEAST_VARIANCE: f64 = 1e-6;

/// What a sampling starts from: `carrier_scale`·carrier + `noise_scale`·noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// Share of the carrier.
    pub carrier_scale: f32,
    /// Share of the noise.
    pub noise_scale: f32,
}

/// Levels from the most noise to the least.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub start: Start,
    /// ᾱ of every level; each is followed by less noise, the last by none.
    pub levels: Vec<Level>,
}

/// One level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    /// The network's call there.
    pub evaluation: Evaluation,
    /// ᾱ here, and of the level below: 1 below the last.
    pub alpha_bar: f64,
    pub next_alpha_bar: f64,
    /// β of the way down: ᾱ = (1 − β)·ᾱ of the level below.
    pub beta: f64,
    /// ln of the least and of the largest variance that the way down may have; none below the last.
    pub log_variances: Option<[f64; 2]>,
}

impl Course {
    /// The levels of `inference` as far as `strength` says, told as a network knows them that was trained on `training`.
    pub fn new(training: &Schedule, inference: &Schedule, strength: f64) -> Self {
        let strength = if strength.is_finite() { strength.clamp(0.0, 1.0) } else { 1.0 };
        if strength == 1.0 {
            let start = Start { carrier_scale: 0.0, noise_scale: 1.0 };
            return Self { start, levels: levels(training, inference) };
        }
        let full = inference.alpha_bars();
        let variance = strength.powi(2) * (1.0 - full[full.len() - 1]);
        match truncated(inference, variance) {
            Some(begun) => Self {
                start: Start {
                    carrier_scale: (1.0 - variance).sqrt() as f32,
                    noise_scale: variance.sqrt() as f32,
                },
                levels: levels(training, &begun),
            },
            None => Self { start: Start { carrier_scale: 1.0, noise_scale: 0.0 }, levels: Vec::new() },
        }
    }
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

fn levels(training: &Schedule, inference: &Schedule) -> Vec<Level> {
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
            beta: inference.betas()[n],
            log_variances: (n > 0).then(|| inference.log_variances(n)),
        }
    };
    (0..inference.len()).rev().map(level).collect()
}
