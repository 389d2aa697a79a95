//! How an upsampler's input comes to its output's rate, and in its training from that: by windowed sinc interpolation, as the
//! package has it.

use std::f64::consts::PI;

/// Zeros of the sinc function on either side of its middle that the window leaves.
const ZEROS: f64 = 6.0;
/// Where the filter cuts off, relative to half the lower rate.
const ROLLOFF: f64 = 0.99;
/// Neighbours on either side that a sample is interpolated from.
const NEIGHBOURS: usize = 7;

/// `channel` at `factor` times its rate, as many times as long.
pub fn upsampled(channel: &[f32], factor: usize) -> Vec<f32> {
    let kernels: Vec<[f64; 2 * NEIGHBOURS + 1]> = (0..factor)
        .map(|phase| {
            std::array::from_fn(|tap| {
                let distance = tap as f64 - NEIGHBOURS as f64 - phase as f64 / factor as f64;
                kernel(distance)
            })
        })
        .collect();
    let at = |index: usize, tap: usize| {
        let place = (index + tap).checked_sub(NEIGHBOURS);
        place.and_then(|place| channel.get(place)).map_or(0.0, |value| f64::from(*value))
    };
    let of_phase = |index: usize, phase: usize| {
        let taps = kernels[phase].iter().enumerate();
        taps.map(|(tap, weight)| weight * at(index, tap)).sum::<f64>() as f32
    };
    (0..channel.len() * factor).map(|place| of_phase(place / factor, place % factor)).collect()
}

/// `channel` at a `factor`th of its rate; what is left of the last sample is cut off.
pub fn downsampled(channel: &[f32], factor: usize) -> Vec<f32> {
    let neighbours = NEIGHBOURS * factor;
    let kernel: Vec<f64> = (0..=2 * neighbours)
        .map(|tap| kernel((tap as f64 - neighbours as f64) / factor as f64) / factor as f64)
        .collect();
    let at = |place: usize| place.checked_sub(neighbours).and_then(|place| channel.get(place)).copied();
    let of_index = |index: usize| {
        let taps = kernel.iter().enumerate();
        taps.filter_map(|(tap, weight)| Some(weight * f64::from(at(index * factor + tap)?))).sum::<f64>() as f32
    };
    (0..channel.len() / factor).map(of_index).collect()
}

/// The weight of a sample at this distance, in samples of the lower rate.
fn kernel(distance: f64) -> f64 {
    let t = (distance * ROLLOFF).clamp(-ZEROS, ZEROS) * PI;
    let window = (t / ZEROS / 2.0).cos().powi(2);
    let sinc = if t == 0.0 { 1.0 } else { t.sin() / t };
    sinc * window * ROLLOFF
}
