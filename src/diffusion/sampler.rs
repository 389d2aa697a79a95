//! Samplers as lists: every linear sampler is a list of steps, made before any audio flows.

use super::Schedule;
use crate::Result;

/// One reverse step: `x ← x_scale·x + eps_scale·ε(x, level) + noise_scale·z`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// What the network is told of the noise in `x`.
    pub level: f32,
    /// Scale of the signal so far.
    pub x_scale: f32,
    /// Scale of the predicted noise.
    pub eps_scale: f32,
    /// Scale of the fresh noise; zero in the last step.
    pub noise_scale: f32,
    /// ln of the least and of the largest variance of the fresh noise, between which a network that learns variances
    /// chooses; none where it has no choice.
    pub log_variances: Option<[f32; 2]>,
}

/// How a sampler goes from one level to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Procedure {
    /// DDPM's (Ho et al. 2020, algorithm 2): the posterior of the next level, given the noisy signal and what was found
    /// in it.
    #[default]
    Ancestral,
    /// That of consistency models (Song et al. 2023, algorithm 1): what was found in the noisy signal, noised anew.
    Consistency,
}

/// Where values are limited to [−1, 1].
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clamp {
    /// After every step, as lmnt-com/diffwave does.
    EveryStep,
    /// After the last step only.
    Last,
    /// Nowhere: what is sampled is not audio yet.
    Never,
}

/// A sampler: where it starts and the steps from there to audio.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampler {
    /// Share of the carrier in the starting point.
    pub carrier_scale: f32,
    /// Share of the noise in the starting point.
    pub start_noise_scale: f32,
    /// The steps, in the order in which they are taken.
    pub steps: Vec<Step>,
    /// Where values are limited.
    pub clamp: Clamp,
}

impl Sampler {
    /// Sampling by `procedure` along `inference`, with the levels that a network trained on `training` expects
    /// (DiffWave, appendix B).
    ///
    /// `strength` says how far the carrier is noised, as a share of the schedule's largest noise: 1 starts from
    /// pure noise, 0 returns the carrier; between them the schedule begins at exactly that much noise.
    pub fn new(
        procedure: Procedure,
        training: &Schedule,
        inference: &Schedule,
        strength: f64,
        clamp: Clamp,
    ) -> Result<Self> {
        let strength = strength.clamp(0.0, 1.0);
        let full = inference.alpha_bars();
        if strength == 0.0 {
            return Ok(Self { carrier_scale: 1.0, start_noise_scale: 0.0, steps: Vec::new(), clamp });
        }
        if strength == 1.0 {
            let steps = reverse_steps(procedure, training, inference);
            return Ok(Self { carrier_scale: 0.0, start_noise_scale: 1.0, steps, clamp });
        }
        let variance = strength.powi(2) * (1.0 - full[full.len() - 1]);
        let begun = truncated(inference, 1.0 - variance)?;
        Ok(Self {
            carrier_scale: (1.0 - variance).sqrt() as f32,
            start_noise_scale: variance.sqrt() as f32,
            steps: reverse_steps(procedure, training, &begun),
            clamp,
        })
    }
}

/// The part of `schedule` with less noise than `alpha_bar`, and then `alpha_bar` itself.
fn truncated(schedule: &Schedule, alpha_bar: f64) -> Result<Schedule> {
    // A level closer than this to the start would be a step that does nothing.
    let margin = 1e-6;
    let kept = schedule.alpha_bars().iter().copied().take_while(|kept| *kept > alpha_bar + margin);
    let mut previous = 1.0;
    let betas = kept.chain([alpha_bar]).map(|level| {
        let beta = 1.0 - level / previous;
        previous = level;
        beta
    });
    Schedule::from_betas(betas.collect())
}

/// The steps from the most noise to the least.
fn reverse_steps(procedure: Procedure, training: &Schedule, inference: &Schedule) -> Vec<Step> {
    let scales = match procedure {
        Procedure::Ancestral => ancestral,
        Procedure::Consistency => consistent,
    };
    (0..inference.len())
        .rev()
        .map(|n| {
            let [x_scale, eps_scale, noise_scale] = scales(inference, n).map(|scale| scale as f32);
            let level = training.align(inference.alpha_bars()[n]) as f32;
            let chooses = procedure == Procedure::Ancestral && n > 0;
            let log_variances = chooses.then(|| inference.log_variances(n).map(|variance| variance as f32));
            Step { level, x_scale, eps_scale, noise_scale, log_variances }
        })
        .collect()
}

/// DDPM's scales of x, ε and z from level n of `schedule` to the one below:
/// x ← (x − β/√(1−ᾱ)·ε)/√(1−β) + √β̃·z, with β̃ = (1−ᾱ_{n−1})/(1−ᾱ_n)·β.
fn ancestral(schedule: &Schedule, n: usize) -> [f64; 3] {
    let (beta, alpha_bars) = (schedule.betas()[n], schedule.alpha_bars());
    let x_scale = 1.0 / (1.0 - beta).sqrt();
    let variance = if n > 0 { (1.0 - alpha_bars[n - 1]) / (1.0 - alpha_bars[n]) * beta } else { 0.0 };
    [x_scale, -x_scale * beta / (1.0 - alpha_bars[n]).sqrt(), variance.sqrt()]
}

/// A consistency model's scales of x, ε and z from level n of `schedule` to the one below:
/// x ← √ᾱ_{n−1}·(x − √(1−ᾱ_n)·ε)/√ᾱ_n + √(1−ᾱ_{n−1})·z; below the last level there is no noise.
fn consistent(schedule: &Schedule, n: usize) -> [f64; 3] {
    let alpha_bar = schedule.alpha_bars()[n];
    let next = if n > 0 { schedule.alpha_bars()[n - 1] } else { 1.0 };
    let x_scale = (next / alpha_bar).sqrt();
    [x_scale, -x_scale * (1.0 - alpha_bar).sqrt(), (1.0 - next).sqrt()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fast() -> (Schedule, Schedule) {
        let training = Schedule::linear(50, 1e-4, 0.05).expect("valid");
        let fast = Schedule::from_betas(vec![1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5]).expect("valid");
        (training, fast)
    }

    #[test]
    fn no_strength_is_the_carrier_and_full_strength_is_noise() {
        let (training, fast) = fast();
        let none = Sampler::new(Procedure::Ancestral, &training, &fast, 0.0, Clamp::Last).expect("valid");
        assert!(none.steps.is_empty() && none.carrier_scale == 1.0 && none.start_noise_scale == 0.0);
        let full = Sampler::new(Procedure::Ancestral, &training, &fast, 1.0, Clamp::Last).expect("valid");
        assert_eq!((full.steps.len(), full.carrier_scale, full.start_noise_scale), (6, 0.0, 1.0));
    }

    #[test]
    fn strength_starts_at_its_own_level_without_jumps() {
        let (training, fast) = fast();
        let mut last = 0.0;
        for percent in 1..100 {
            let sampler =
                Sampler::new(Procedure::Ancestral, &training, &fast, f64::from(percent) / 100.0, Clamp::Last)
                    .expect("valid");
            let energy = sampler.carrier_scale.powi(2) + sampler.start_noise_scale.powi(2);
            assert!((energy - 1.0).abs() < 1e-6, "the start keeps unit variance");
            assert!(sampler.start_noise_scale > last, "more strength is more noise");
            assert_eq!(sampler.steps.last().map(|s| s.noise_scale), Some(0.0));
            last = sampler.start_noise_scale;
        }
    }

    #[test]
    fn a_perfect_prediction_recovers_the_signal() {
        // With ε known exactly and no fresh noise, the chain is deterministic: its mean contracts onto x_0.
        let (training, fast) = fast();
        for procedure in [Procedure::Ancestral, Procedure::Consistency] {
            let sampler = Sampler::new(procedure, &training, &fast, 1.0, Clamp::Last).expect("valid");
            let (x0, mut x) = (0.3_f64, 1.7_f64);
            for (step, alpha_bar) in sampler.steps.iter().zip(fast.alpha_bars().iter().rev()) {
                let eps = (x - alpha_bar.sqrt() * x0) / (1.0 - alpha_bar).sqrt();
                x = f64::from(step.x_scale) * x + f64::from(step.eps_scale) * eps;
            }
            assert!((x - x0).abs() < 1e-5, "{procedure:?}: {x}");
        }
    }

    #[test]
    fn a_consistency_model_keeps_nothing_of_its_noise() {
        let (training, fast) = fast();
        let sampler = Sampler::new(Procedure::Consistency, &training, &fast, 1.0, Clamp::Last).expect("valid");
        let alpha_bars = fast.alpha_bars();
        for (step, n) in sampler.steps.iter().zip((0..fast.len()).rev()) {
            // What x and its noise have in common is gone: the noise that it is given makes up for all of it.
            let noise_left = f64::from(step.x_scale) * (1.0 - alpha_bars[n]).sqrt() + f64::from(step.eps_scale);
            let next = if n > 0 { alpha_bars[n - 1] } else { 1.0 };
            assert!(noise_left.abs() < 1e-6, "step {n}: {noise_left}");
            assert!((f64::from(step.noise_scale).powi(2) - (1.0 - next)).abs() < 1e-6, "step {n}");
        }
        assert_eq!(sampler.steps.last().map(|step| step.noise_scale), Some(0.0));
    }
}
