//! DPM-Solver-2 with ancestral noise, as audio-diffusion-pytorch 0.0.60 has it in `ADPM2Sampler`: in x₀ + σ·ε a step goes down
//! to σ_down along the noise that is found halfway, and σ_up of fresh noise brings it to the next level.

use super::course::Course;
use super::level::Level;
use super::plan::Sampler;
use super::two_stage::{End, Stages, TwoStage};

pub(super) fn lay(course: &Course) -> Box<dyn Sampler> {
    Box::new(TwoStage::new(course.levels.iter().map(|level| stages(course, level)).collect()))
}

fn stages(course: &Course, level: &Level) -> Stages {
    let ratio = level.sigma_ratio();
    // σ_down = σ'²/σ, and σ_mid with its ρ-th root halfway to it; both as shares of σ, which may be infinite.
    let down = ratio.powi(2);
    let middle = ((1.0 + down.powf(1.0 / course.rho)) / 2.0).powf(course.rho);
    let end = End {
        signal: level.next_signal as f32,
        noise: (level.next_noise * ratio) as f32,
        // x + (σ_down − σ)·ε, ε being that of the middle: what the first has found, and the difference of both x₀ over σ_mid.
        difference: (level.next_signal * (down - 1.0) / middle) as f32,
        fresh: level.posterior_deviation() as f32,
    };
    Stages {
        before: None,
        first: level.evaluation,
        second: Some(course.scale.evaluation(middle * level.noise / level.signal)),
        end,
    }
}
