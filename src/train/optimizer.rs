//! One update of the parameters: clipping, AdamW, moving average.

use std::f64::consts::PI;

use burn::optim::{AdamW, AdamWConfig, Optimizer as _};
use burn::tensor::Tensor;

use super::config::TrainingConfig;
use super::state::State;

/// Share of the peak learning rate that is left at the end.
const LEAST_RATE: f64 = 0.02;
/// Steps in which the average follows fast, whatever its decay: it forgets the random weights it began with.
const YOUNG_STEPS: f64 = 20.0;

/// AdamW (Loshchilov and Hutter 2019) under a clipped gradient, and an exponential moving average.
pub struct Optimizer {
    adamw: AdamW,
    config: TrainingConfig,
}

impl Optimizer {
    /// The optimizer of a training.
    pub fn new(config: &TrainingConfig) -> Self {
        let adamw = AdamWConfig::new().with_beta_2(0.99).with_epsilon(1e-8).with_weight_decay(0.0).build();
        Self { adamw, config: config.clone() }
    }

    /// The share of the training that is done, by steps or by the clock, whichever is further.
    pub fn progress(&self, state: &State) -> f64 {
        let by_steps = state.step as f64 / self.config.total_steps as f64;
        let by_clock = self.config.minutes.map_or(0.0, |minutes| state.seconds / (60.0 * minutes));
        by_steps.max(by_clock)
    }

    /// The learning rate: a linear rise, then half a cosine.
    pub fn learning_rate(&self, state: &State) -> f64 {
        let rise = (state.step + 1) as f64 / self.config.warmup_steps.max(1) as f64;
        let fall = 0.5 + 0.5 * (PI * self.progress(state).min(1.0)).cos();
        self.config.learning_rate * rise.min(1.0) * (LEAST_RATE + (1.0 - LEAST_RATE) * fall)
    }

    /// Takes a step against `gradient`, whose norm is `norm`.
    pub fn step(&self, state: &mut State, gradient: Tensor<1>, norm: f64) {
        let rate = self.learning_rate(state);
        let clipped = gradient * (self.config.gradient_clip / norm.max(1e-12)).min(1.0);
        let (parameters, moments) =
            self.adamw.step(rate, state.parameters.clone(), clipped, state.moments.take());
        state.step += 1;
        let age = state.step as f64;
        let decay = self.config.ema.min((1.0 + age) / (YOUNG_STEPS + age));
        state.average = state.average.clone() * decay + parameters.clone() * (1.0 - decay);
        (state.parameters, state.moments) = (parameters, moments);
    }
}
