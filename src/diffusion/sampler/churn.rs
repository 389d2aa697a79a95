//! Noise that is added before a step, so that errors of earlier ones are forgotten.

/// How much noise a step of stochastic sampling begins with (Karras et al. 2022, algorithm 2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Churn {
    /// S_churn: by how much σ grows, all steps together.
    pub amount: f64,
    /// S_tmin and S_tmax: the least and the largest σ that grows.
    pub range: [f64; 2],
    /// S_noise: deviation of the noise.
    pub noise_scale: f64,
}

impl Default for Churn {
    /// None.
    fn default() -> Self {
        Self { amount: 0.0, range: [0.0, f64::INFINITY], noise_scale: 1.0 }
    }
}

impl Churn {
    /// γ: the share of itself by which `sigma` grows, one of `count`.
    pub(super) fn gamma(&self, sigma: f64, count: usize) -> f64 {
        let [least, most] = self.range;
        let share = self.amount / count as f64;
        match share > 0.0 && (least..=most).contains(&sigma) && sigma.is_finite() {
            true => share.min(std::f64::consts::SQRT_2 - 1.0),
            false => 0.0,
        }
    }
}
