//! The sampler of consistency models (Song et al. 2023, algorithm 1): what was found in the noisy signal, noised anew.

use super::course::Course;
use super::level::Level;
use super::linear::{Linear, Parts, Step};
use super::plan::Sampler;

pub(super) fn lay(course: &Course) -> Box<dyn Sampler> {
    Linear::along(course, |level| Step::new(level, course.form, parts(level)))
}

/// √ᾱ'·x₀ + √(1−ᾱ')·z; below the last level there is no noise.
fn parts(level: &Level) -> Parts {
    Parts { signal: level.next_signal, noise: 0.0, fresh: level.next_noise }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::Schedule;

    #[test]
    fn nothing_is_kept_of_the_noise() {
        let training = Schedule::linear(50, 1e-4, 0.05).expect("valid");
        let fast = Schedule::from_betas(vec![1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5]).expect("valid");
        let course = Course::of_steps(&training, &fast, 1.0);
        for level in &course.levels {
            // What x and its noise have in common is gone: the noise that it is given makes up for all of it.
            let step = Step::new(level, course.form, parts(level));
            let kept = f64::from(step.x_scale) * level.noise + f64::from(step.found_scale);
            assert!(kept.abs() < 1e-6);
            assert!((f64::from(step.fresh_scale) - level.next_noise).abs() < 1e-6);
        }
    }
}
