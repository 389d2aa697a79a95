//! Consistency distillation (Song, Dhariwal, Chen and Sutskever, "Consistency models", 2023).
//!
//! The student's f(x_t, t) is the signal that its noise implies, (x_t − √(1 − ᾱ)·ε(x_t, t))/√ᾱ: with c_skip = 1/√ᾱ and
//! c_out = −√(1 − ᾱ)/√ᾱ it is x itself where there is no noise, which is the boundary condition (equation 5). It
//! learns to find the same signal from every level of one path. The distance is that of the noises, so signals weigh
//! √ᾱ/√(1 − ᾱ), as in the objective that the teacher was trained with.

use std::f64::consts::PI;

use crate::diffusion::Schedule;

/// Levels that a path is cut into (N of the paper, for CIFAR-10).
const LEVELS: usize = 18;

/// √ᾱ of the levels that the student learns, evenly spaced in the angle between signal and noise; those of the
/// `steps` steps in which it samples, as even and among them; and the teacher's steps from one to the next.
pub fn levels(inference: &Schedule, steps: usize) -> (Vec<f64>, Vec<f64>, usize) {
    let most = inference.alpha_bars()[inference.len() - 1].sqrt().acos().min(0.5 * PI);
    let spread = |count: usize| (1..=count).map(|k| (most * k as f64 / count as f64).cos()).collect();
    let fitting = LEVELS.next_multiple_of(steps);
    (spread(fitting), spread(steps), 1)
}
