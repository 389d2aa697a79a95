//! The sampler of consistency models (Song et al. 2023, algorithm 1): what was found in the noisy signal, noised anew.

use super::course::{Course, Level};
use super::linear::{Linear, Step};
use super::plan::Sampler;

pub(super) fn lay(course: &Course) -> Box<dyn Sampler> {
    Linear::along(course, |level| Step::new(scales(level)))
}

/// x ← √ᾱ_{n−1}·(x − √(1−ᾱ_n)·ε)/√ᾱ_n + √(1−ᾱ_{n−1})·z; below the last level there is no noise.
fn scales(level: &Level) -> [f64; 3] {
    let Level { alpha_bar, next_alpha_bar, .. } = level;
    let x_scale = (next_alpha_bar / alpha_bar).sqrt();
    [x_scale, -x_scale * (1.0 - alpha_bar).sqrt(), (1.0 - next_alpha_bar).sqrt()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::Schedule;

    #[test]
    fn nothing_is_kept_of_the_noise() {
        let training = Schedule::linear(50, 1e-4, 0.05).expect("valid");
        let fast = Schedule::from_betas(vec![1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5]).expect("valid");
        for level in Course::new(&training, &fast, 1.0).levels {
            // What x and its noise have in common is gone: the noise that it is given makes up for all of it.
            let [x_scale, eps_scale, noise_scale] = scales(&level);
            assert!((x_scale * (1.0 - level.alpha_bar).sqrt() + eps_scale).abs() < 1e-12);
            assert!((noise_scale.powi(2) - (1.0 - level.next_alpha_bar)).abs() < 1e-12);
        }
    }
}
