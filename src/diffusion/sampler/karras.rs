//! The stochastic sampler of Karras et al. 2022 (algorithm 2), as audio-diffusion-pytorch 0.0.60 has it in `KarrasSampler`.
//!
//! That one's correction of second order goes (σ − σ̂)/2 along the sum of both slopes where the paper goes (σ' − σ̂)/2: a step
//! takes back a part of what noise was added before it, and without any x stays where it is. Samples are the same as there;
//! the paper's algorithm 1 is `heun`.

use super::course::Course;
use super::level::Level;
use super::plan::Sampler;
use super::two_stage::{End, Stages, TwoStage};

pub(super) fn lay(course: &Course) -> Box<dyn Sampler> {
    Box::new(TwoStage::new(course.levels.iter().map(|level| stages(course, level)).collect()))
}

fn stages(course: &Course, level: &Level) -> Stages {
    let sigma = level.noise / level.signal;
    // A step to no noise at all draws none.
    let gamma = if level.next_noise > 0.0 { course.churn.gamma(sigma, course.sigmas()) } else { 0.0 };
    let first = match gamma > 0.0 {
        true => course.scale.evaluation((1.0 + gamma) * sigma),
        false => level.evaluation,
    };
    let before = (gamma > 0.0).then(|| {
        let added = ((1.0 + gamma).powi(2) - 1.0).sqrt() * sigma * course.churn.noise_scale;
        let signal = f64::from(first.signal_scale);
        [signal / level.signal, signal * added].map(|scale| scale as f32)
    });
    let ratio = level.sigma_ratio();
    // Without a signal there is no slope to go along, without noise below no second one.
    if ratio == 0.0 {
        let (signal, noise) = (level.next_signal as f32, level.next_noise as f32);
        return Stages { before, first, second: None, end: End { signal, noise, difference: 0.0, fresh: 0.0 } };
    }
    let end = End {
        signal: level.next_signal as f32,
        // x₀ + σ̂·ε is x here, of which the sum of both ε takes back (σ̂ − σ)/2 each.
        noise: (level.next_noise / ratio) as f32,
        difference: (-0.5 * gamma / ratio * level.next_signal) as f32,
        fresh: 0.0,
    };
    let second = Some(course.scale.evaluation(ratio * sigma));
    Stages { before, first, second, end }
}
