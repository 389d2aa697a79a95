//! Plucked strings, after K. Karplus and A. Strong, "Digital synthesis of plucked-string and drum timbres", Computer
//! Music Journal 7(2), 1983.

use crate::diffusion::Noise;
use crate::train::data::Draws;
use crate::train::data::biquad::{Biquad, Response};

/// `samples` samples of a random string from the moment it is plucked.
pub(super) fn draw(rate_hz: u32, samples: usize, draws: &mut Draws) -> Vec<f32> {
    let rate_hz = f64::from(rate_hz);
    let fundamental_hz = draws.logarithmic(50.0, 900.0);
    let decay_s = draws.logarithmic(0.1, 3.0);
    let softness = draws.between(0.05, 0.5);
    let mut pick = Biquad::new(Response::LowPass, draws.logarithmic(800.0, 0.4 * rate_hz) / rate_hz, 0.7);
    let mut string = vec![0.0; (rate_hz / fundamental_hz).ceil() as usize];
    Noise::new(draws.seed()).fill(0, 0, 0, &mut string);
    pick.process(&mut string);
    ring(&string, rate_hz / fundamental_hz, decay_s * rate_hz, softness, samples)
}

/// The sound of a string that begins as `excitation`, which lasts for one `period` (both in samples, as is the decay
/// to 1/e). `softness`, 0 to ½, is the weight of the older of two samples in the loop's mean.
fn ring(excitation: &[f32], period: f64, decay: f64, softness: f64, samples: usize) -> Vec<f32> {
    // The mean delays low partials by `softness` samples, the interpolation by a fraction.
    let delay = period - softness;
    let (whole, fraction) = (delay.floor() as usize, delay.fract() as f32);
    let (loss, soft) = ((-period / decay).exp() as f32, softness as f32);
    let mut sound: Vec<f32> = Vec::with_capacity(samples);
    for index in 0..samples {
        let past = |back: usize| index.checked_sub(back).map_or(0.0, |at| sound[at]);
        let delayed = |back: usize| (1.0 - fraction) * past(back) + fraction * past(back + 1);
        let fed = (1.0 - soft) * delayed(whole) + soft * delayed(whole + 1);
        sound.push(excitation.get(index).unwrap_or(&0.0) + loss * fed);
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    /// The lag around `period` at which the sound is most like itself, with a parabola between lags.
    fn measured_period(sound: &[f32], period: f64) -> f64 {
        let likeness = |lag: usize| -> f64 {
            sound[lag..].iter().zip(sound).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        let near = period.round() as usize;
        let best = (near - 3..=near + 3).max_by(|a, b| likeness(*a).total_cmp(&likeness(*b))).unwrap();
        let (before, at, after) = (likeness(best - 1), likeness(best), likeness(best + 1));
        best as f64 + 0.5 * (before - after) / (before - 2.0 * at + after)
    }

    #[test]
    fn a_string_rings_at_its_pitch_and_fades() {
        let sine: Vec<f32> = (0..100).map(|n| (TAU * n as f32 / 100.3).sin()).collect();
        let sound = ring(&sine, 100.3, 8000.0, 0.5, 16_000);
        let cents = 1200.0 * (measured_period(&sound[6000..14_000], 100.3) / 100.3).log2();
        assert!(cents.abs() < 3.0, "{cents} cents");
        let energy = |from: usize| sound[from..from + 1000].iter().map(|v| v * v).sum::<f32>();
        let fall = (energy(4000) / energy(12_000)).sqrt();
        assert!((fall.ln() - 1.0).abs() < 0.12, "fell by {fall} within one decay");
    }
}
