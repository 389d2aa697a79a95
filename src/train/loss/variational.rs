//! The variational bound on the likelihood, of networks that learn variances too.

use std::f64::consts::{LN_2, PI};

use burn::tensor::{Device, Tensor};

use crate::diffusion::Schedule;
use crate::network::diffwave::burn::DiffWave;
use crate::train::Batch;

/// Half of the width of the intervals that the decoder tells apart: those of 8-bit samples on [−1, 1].
const HALF_INTERVAL: f64 = 1.0 / 255.0;
/// Samples beyond ±this are of the first and the last interval, which have no end.
const EDGE: f64 = 0.999;
/// Least probability of an interval.
const LEAST_PROBABILITY: f64 = 1e-12;

/// The variational bound in bits per sample (Ho et al. 2020, equation 5): how well each reverse step's Gaussian matches
/// the posterior that knows the signal, and how likely the last one makes the signal itself, discretized (equation 13).
/// Means come of predicted noise, variances of what a network with learned variances says.
pub struct VariationalLoss {
    training: Schedule,
}

impl VariationalLoss {
    /// The bound of the reverse steps of `training`.
    pub fn new(training: Schedule) -> Self {
        Self { training }
    }

    /// An estimate of the bound's reverse steps from one of them per crop, which is what its level says. `[1]`
    ///
    /// # Panics
    /// Where the network does not learn variances.
    pub fn of(&self, network: &DiffWave, batch: &Batch, device: &Device) -> Tensor<1> {
        let steps: Vec<usize> = batch.levels.iter().map(|level| level.round() as usize).collect();
        let plane = |values: &[f32]| batch.plane(values, device);
        let column = |of: &dyn Fn(usize) -> f64| {
            batch.column(&steps.iter().map(|step| of(*step) as f32).collect::<Vec<_>>(), device)
        };
        // Networks that learn variances have no conditioner.
        let (noise, variance) = network.predict(plane(&batch.noised()), &batch.levels, None, &batch.labels);
        let variance = variance.expect("the network learns variances");
        let least = column(&|step| self.training.log_variances(step)[0]);
        let range = column(&|step| {
            let [least, most] = self.training.log_variances(step);
            most - least
        });
        let log_variance = least.clone() + range * variance;
        // Both means are linear in x and the noise: what is between them is of the noises alone.
        let between = (noise - plane(&batch.noise)) * column(&|step| self.mean_scale(step));
        let divergence = divergence(least, &between, &log_variance);
        let likelihood = log_likelihood(plane(&batch.signal), &between, &log_variance);
        let last = column(&|step| f64::from(u8::from(step == 0)));
        let nats = divergence * (last.clone() * -1.0 + 1.0) - likelihood * last;
        nats.mean() * (self.training.len() as f64 / LN_2)
    }

    /// The whole bound, of all steps, and with what the noisiest signal tells of the signal. `[1]`
    pub fn whole(&self, network: &DiffWave, batch: &Batch, device: &Device) -> Tensor<1> {
        let scales = self.training.alpha_bars().iter().map(|alpha_bar| alpha_bar.sqrt());
        let steps: Vec<Tensor<1>> = scales
            .enumerate()
            .map(|(step, scale)| self.of(network, &batch.renoised(scale, step as f64), device))
            .collect();
        Tensor::cat(steps, 0).mean() + self.prior_bits(batch)
    }

    /// The divergence of the noisiest signal from noise, in bits per sample.
    fn prior_bits(&self, batch: &Batch) -> f64 {
        let left = self.training.alpha_bars()[self.training.len() - 1];
        let energy =
            batch.signal.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / batch.signal.len() as f64;
        0.5 * (left * energy - left - (1.0 - left).ln()) / LN_2
    }

    /// The scale of a wrong noise in the mean, β/√((1 − ᾱ)·α) (Ho et al. 2020, equation 11).
    fn mean_scale(&self, step: usize) -> f64 {
        let beta = self.training.betas()[step];
        beta / ((1.0 - self.training.alpha_bars()[step]) * (1.0 - beta)).sqrt()
    }
}

/// The divergence of a Gaussian from the posterior, whose mean is `between` away and whose variance is the least, in
/// nats.
fn divergence(least: Tensor<2>, between: &Tensor<2>, log_variance: &Tensor<2>) -> Tensor<2> {
    let wider = log_variance.clone() - least;
    let distance = between.clone().square() * (log_variance.clone() * -1.0).exp();
    (wider.clone() + (wider * -1.0).exp() + distance - 1.0) * 0.5
}

/// ln of the probability that a Gaussian, whose mean is `between` away from the signal, gives the signal's interval.
fn log_likelihood(signal: Tensor<2>, between: &Tensor<2>, log_variance: &Tensor<2>) -> Tensor<2> {
    let inverse = (log_variance.clone() * -0.5).exp();
    let below = |bound: f64| cumulative((between.clone() + bound) * inverse.clone());
    let (upper, lower) = (below(HALF_INTERVAL), below(-HALF_INTERVAL));
    let ln = |probability: Tensor<2>| probability.clamp_min(LEAST_PROBABILITY).log();
    let within = ln(upper.clone() - lower.clone());
    let last = ln(lower * -1.0 + 1.0);
    let inner = within.mask_where(signal.clone().greater_elem(EDGE), last);
    inner.mask_where(signal.lower_elem(-EDGE), ln(upper))
}

/// The cumulative standard normal distribution, by its approximation with tanh (Page 1977).
fn cumulative(x: Tensor<2>) -> Tensor<2> {
    let cubic = x.clone() + x.powi_scalar(3) * 0.044_715;
    (burn::tensor::activation::tanh(cubic * (2.0 / PI).sqrt()) + 1.0) * 0.5
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;

    fn tensor(values: &[f64]) -> Tensor<2> {
        let values: Vec<f32> = values.iter().map(|value| *value as f32).collect();
        let count = values.len();
        Tensor::from_data(TensorData::new(values, [1, count]), &Device::flex())
    }

    fn values(tensor: Tensor<2>) -> Vec<f64> {
        tensor.to_data().try_to_vec::<f32>().unwrap().into_iter().map(f64::from).collect()
    }

    #[test]
    fn the_divergence_is_that_of_two_gaussians() {
        let cases =
            [(-6.0_f64, 0.0_f64, -6.0_f64), (-6.0, 0.05, -5.0), (-2.0, -0.7, -1.0), (-9.0, 0.001, -8.5)];
        for (least, between, log_variance) in cases {
            // ln(σ₂/σ₁) + (σ₁² + d²)/(2σ₂²) − ½.
            let (narrow, wide) = (least.exp(), log_variance.exp());
            let expected = 0.5 * (wide / narrow).ln() + (narrow + between.powi(2)) / (2.0 * wide) - 0.5;
            let found = values(divergence(tensor(&[least]), &tensor(&[between]), &tensor(&[log_variance])))[0];
            assert!((found - expected).abs() < 1e-5 * expected.max(1.0), "{found}, expected {expected}");
        }
    }

    #[test]
    fn wrong_noise_moves_the_mean_as_the_posterior_has_it() {
        let schedule = Schedule::linear(50, 1e-4, 0.05).unwrap();
        let bound = VariationalLoss::new(schedule.clone());
        let (signal, noise, predicted) = (0.3_f64, -1.1_f64, 0.4_f64);
        for step in 0..50 {
            let (beta, alpha_bar) = (schedule.betas()[step], schedule.alpha_bars()[step]);
            let before: f64 = if step > 0 { schedule.alpha_bars()[step - 1] } else { 1.0 };
            let x = alpha_bar.sqrt() * signal + (1.0 - alpha_bar).sqrt() * noise;
            // Ho et al. 2020, equations 7 and 11.
            let posterior =
                (before.sqrt() * beta * signal + (1.0 - beta).sqrt() * (1.0 - before) * x) / (1.0 - alpha_bar);
            let model = (x - beta / (1.0 - alpha_bar).sqrt() * predicted) / (1.0 - beta).sqrt();
            let between = bound.mean_scale(step) * (predicted - noise);
            assert!((posterior - model - between).abs() < 1e-12, "step {step}");
        }
    }

    #[test]
    fn the_likelihoods_of_all_intervals_add_up_to_one() {
        let signal: Vec<f64> = (0..256).map(|index| -1.0 + 2.0 * f64::from(index) / 255.0).collect();
        for (mean, deviation) in [(0.1_f64, 0.05_f64), (-0.98, 0.1), (0.0, 0.3), (0.5, 0.004)] {
            let between: Vec<f64> = signal.iter().map(|x| x - mean).collect();
            let log_variance = vec![2.0 * deviation.ln(); signal.len()];
            let found = values(log_likelihood(tensor(&signal), &tensor(&between), &tensor(&log_variance)));
            let sum: f64 = found.iter().map(|ln| ln.exp()).sum();
            assert!((sum - 1.0).abs() < 1e-4, "mean {mean}, deviation {deviation}: {sum}");
            let nearest = signal.iter().zip(&found).max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
            assert!((nearest - mean).abs() <= 1.0 / 255.0 + 0.02, "mean {mean}: most likely {nearest}");
        }
    }

    #[test]
    fn what_is_left_of_the_signal_in_the_noisiest_one_counts() {
        let bound = VariationalLoss::new(Schedule::linear(50, 1e-4, 0.05).unwrap());
        let batch = |signal: Vec<f32>| Batch { samples: signal.len(), signal, ..Batch::default() };
        // ½(ᾱ·x² − ᾱ − ln(1 − ᾱ))/ln 2 with ᾱ = Π(1 − β).
        let alpha_bar: f64 = (0..50).map(|i| 1.0 - (1e-4 + 0.0499 * f64::from(i) / 49.0)).product();
        for energy in [0.0, 1.0] {
            let expected = 0.5 * (alpha_bar * energy - alpha_bar - (1.0 - alpha_bar).ln()) / LN_2;
            let found = bound.prior_bits(&batch(vec![energy as f32; 64]));
            assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
        }
    }
}
