//! Levels of noise: those that a sampling goes through, and how a network is told of any other.

use crate::diffusion::{Evaluation, Preconditioning, Schedule};

/// One level, x = signal·x₀ + noise·ε.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    /// The network's call there.
    pub evaluation: Evaluation,
    /// Scales of the signal and of the noise: √ᾱ and √(1−ᾱ), where their squares add up to 1.
    pub signal: f64,
    pub noise: f64,
    /// The same of the level below; below the last mostly 1 and 0.
    pub next_signal: f64,
    pub next_noise: f64,
    /// ln of the least and of the largest variance that the way down may have; none below the last, and where no network
    /// learns them.
    pub log_variances: Option<[f64; 2]>,
}

impl Level {
    /// σ' of the level below over σ here, σ being the noise relative to the signal.
    pub fn sigma_ratio(&self) -> f64 {
        self.next_noise * self.signal / (self.next_signal * self.noise)
    }

    /// The posterior's deviation at the level below, given the noisy signal here and what was found in it: √β̃ of DDPM, and in
    /// x₀ + σ·ε what ancestral samplers call σ_up.
    pub fn posterior_deviation(&self) -> f64 {
        self.next_noise * (1.0 - self.sigma_ratio().powi(2)).max(0.0).sqrt()
    }
}

/// What levels are, between those that a sampling goes through too.
#[derive(Clone, Debug)]
pub(super) enum Scale {
    /// Steps of the schedule that the network was trained on.
    Steps(Schedule),
    /// Angles φ.
    Angles,
    /// σ.
    Sigmas(Preconditioning),
}

impl Scale {
    /// The call of the network where the noise is `sigma` relative to the signal.
    pub fn evaluation(&self, sigma: f64) -> Evaluation {
        let angle = sigma.atan();
        let level = match self {
            Self::Steps(training) => training.align(angle.cos().powi(2)),
            Self::Angles => angle,
            Self::Sigmas(preconditioning) => return preconditioning.evaluation(sigma),
        };
        Evaluation {
            level: level as f32,
            signal_scale: if sigma.is_finite() { angle.cos() as f32 } else { 0.0 },
            noise_scale: angle.sin() as f32,
        }
    }
}
