//! Resampling whole signals with rubato.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler, WindowFunction};

/// Least samples of input per transform: enough for a steep filter.
const LEAST_BLOCK: usize = 1024;

/// `samples` at `from_hz` as they sound at `to_hz`, without delay; ⌈length · to / from⌉ samples.
///
/// # Panics
/// Where a rate is zero.
pub fn resample(samples: &[f32], from_hz: u32, to_hz: u32) -> Vec<f32> {
    if from_hz == to_hz || samples.is_empty() {
        return samples.to_vec();
    }
    let mut resampler = resampler(from_hz as usize, to_hz as usize);
    let input = SequentialSlice::new(samples, 1, samples.len()).expect("one channel of that length");
    let output = resampler.process_all(&input, samples.len(), None).expect("the buffers fit the resampler");
    let mut resampled = output.take_data();
    // The resampler rounds its own ratio, and may give one sample more.
    resampled.resize((samples.len() as u64 * u64::from(to_hz)).div_ceil(u64::from(from_hz)) as usize, 0.0);
    resampled
}

/// A resampler whose block is an even number of samples on both sides: half of it, its delay, is then a whole number,
/// which is cut off exactly.
fn resampler(from_hz: usize, to_hz: usize) -> Fft<f32> {
    let least = from_hz / common_divisor(from_hz, to_hz);
    let block = least * (LEAST_BLOCK.div_ceil(least)).next_multiple_of(2);
    Fft::new_custom(from_hz, to_hz, block, 1, 1, WindowFunction::BlackmanHarris2, FixedSync::Both)
        .expect("two rates above zero make a resampler")
}

/// Euclid's greatest common divisor.
fn common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    #[test]
    fn a_sine_keeps_its_phase_and_level() {
        for (from, to) in [(44_100, 22_050), (22_050, 48_000), (48_000, 22_050), (8_000, 22_050)] {
            let sine = |rate: u32, n: usize| (TAU * 1000.0 * n as f32 / rate as f32).sin();
            let input: Vec<f32> = (0..from as usize).map(|n| sine(from, n)).collect();
            let output = resample(&input, from, to);
            assert_eq!(output.len(), to as usize);
            let middle = to as usize / 4..to as usize * 3 / 4;
            let worst = middle.map(|n| (output[n] - sine(to, n)).abs()).fold(0.0, f32::max);
            assert!(worst < 2e-3, "{from} to {to}: {worst}");
        }
    }

    #[test]
    fn nothing_stays_nothing() {
        assert!(resample(&[], 44_100, 22_050).is_empty());
        assert_eq!(resample(&[0.5], 22_050, 22_050), [0.5]);
    }
}
