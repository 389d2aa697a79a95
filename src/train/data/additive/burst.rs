//! Bursts of noise: breath, consonants, drums.

use super::Envelope;
use crate::diffusion::Noise;
use crate::train::data::Draws;
use crate::train::data::biquad::{Biquad, Response};

/// `length` samples of a random burst from its beginning, for an excerpt of `seconds`.
pub(super) fn draw(rate_hz: u32, seconds: f64, length: usize, draws: &mut Draws) -> Vec<f32> {
    let mut sound = vec![0.0; length];
    Noise::new(draws.seed()).fill(0, 0, 0, &mut sound);
    let frequency = draws.logarithmic(100.0 / f64::from(rate_hz), 0.42);
    let mut filter = match draws.below(3) {
        0 => None,
        1 => Some(Biquad::new(Response::LowPass, frequency, draws.logarithmic(0.5, 4.0))),
        _ => Some(Biquad::new(Response::BandPass, frequency, draws.logarithmic(0.5, 8.0))),
    };
    if let Some(filter) = &mut filter {
        filter.process(&mut sound);
    }
    Envelope::draw(seconds, draws).shape(&mut sound, rate_hz);
    sound
}
