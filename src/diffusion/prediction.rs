//! What networks predict, and how one prediction becomes another.

use super::Evaluation;

/// What a network says of x = √ᾱ·x₀ + √(1−ᾱ)·ε.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Prediction {
    /// The noise ε (Ho et al. 2020).
    #[default]
    Noise,
    /// The signal x₀.
    Signal,
    /// The velocity v = √ᾱ·ε − √(1−ᾱ)·x₀ (Salimans and Ho 2022, appendix D).
    Velocity,
    /// F of x₀ = c_skip·(x₀ + σ·ε) + c_out·F (Karras et al. 2022, equation 7), σ being √(1−ᾱ)/√ᾱ.
    Preconditioned {
        /// Standard deviation of the signals.
        sigma_data: f32,
    },
}

impl Prediction {
    /// Makes of this `prediction` in `x`, `[values]` both, what is `wanted`, in place. `std` is the standard deviation of the
    /// noise per value, empty where it is 1: x = √ᾱ·x₀ + √(1−ᾱ)·std·ε.
    ///
    /// A level without any signal says nothing of it, nor one without noise of that: what would be infinite is not finite
    /// here either.
    pub fn convert(self, wanted: Self, at: &Evaluation, x: &[f32], std: &[f32], prediction: &mut [f32]) {
        if self == wanted {
            return;
        }
        for (i, value) in prediction.iter_mut().enumerate() {
            let (signal, noise) = (at.signal_scale, at.noise_scale * std.get(i).copied().unwrap_or(1.0));
            // Noise as it lies in x, with its deviation.
            let x0 = match self {
                Self::Noise => (x[i] - noise * *value) / signal,
                Self::Signal => *value,
                Self::Velocity => (signal * x[i] - noise * *value) / (signal * signal + noise * noise),
                Self::Preconditioned { sigma_data } => {
                    let of_data = signal * sigma_data;
                    let all = of_data.hypot(noise);
                    sigma_data * (of_data * x[i] / all + noise * *value) / all
                }
            };
            *value = match wanted {
                Self::Noise => (x[i] - signal * x0) / noise,
                Self::Signal => x0,
                Self::Velocity => signal * ((x[i] - signal * x0) / noise) - noise * x0,
                Self::Preconditioned { sigma_data } => {
                    let of_data = signal * sigma_data;
                    let all = of_data.hypot(noise);
                    (x0 * all / sigma_data - of_data * x[i] / all) / noise
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prediction_becomes_every_other() {
        let at = Evaluation { level: 3.0, signal_scale: 0.6, noise_scale: 0.8 };
        let sigma_data = 0.3_f32;
        let preconditioned = Prediction::Preconditioned { sigma_data };
        let all = [Prediction::Noise, Prediction::Signal, Prediction::Velocity, preconditioned];
        for std in [&[][..], &[0.5, 2.0]] {
            let of = |i: usize| std.get(i).copied().unwrap_or(1.0);
            let (x0, eps) = ([0.3_f32, -0.7], [1.1_f32, 0.2]);
            let x: [f32; 2] = std::array::from_fn(|i| 0.6 * x0[i] + 0.8 * of(i) * eps[i]);
            let value = |prediction| -> [f32; 2] {
                std::array::from_fn(|i| match prediction {
                    Prediction::Noise => eps[i],
                    Prediction::Signal => x0[i],
                    Prediction::Velocity => 0.6 * eps[i] - 0.8 * of(i) * x0[i],
                    Prediction::Preconditioned { .. } => {
                        // Table 1 as it stands there.
                        let (sigma, noisy) = (0.8 * of(i) / 0.6, x[i] / 0.6);
                        let energy = sigma * sigma + sigma_data * sigma_data;
                        let (c_skip, c_out) =
                            (sigma_data * sigma_data / energy, sigma * sigma_data / energy.sqrt());
                        (x0[i] - c_skip * noisy) / c_out
                    }
                })
            };
            for from in all {
                for to in all {
                    let mut found = value(from);
                    from.convert(to, &at, &x, std, &mut found);
                    let close = found.iter().zip(value(to)).all(|(a, b)| (a - b).abs() < 1e-5);
                    assert!(close, "{from:?} to {to:?}: {found:?}, not {:?}", value(to));
                }
            }
        }
    }
}
