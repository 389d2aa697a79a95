//! Second-order filters, after R. Bristow-Johnson's "Cookbook formulae for audio equalizer biquad filter
//! coefficients".
//!
//! The crate `biquad` has of the book's two band-passes only the one whose gain is its quality, so that narrow bands
//! would be loud.

use std::f64::consts::TAU;

/// A filter `y[n] = b₀x[n] + b₁x[n−1] + b₂x[n−2] − a₁y[n−1] − a₂y[n−2]` with its state.
#[derive(Clone, Debug)]
pub(super) struct Biquad {
    shape: [f64; 5],
    /// The transposed direct form II's two registers.
    state: [f64; 2],
}

/// What a filter does to the spectrum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Response {
    /// Passes what is below the frequency; `q` above 0.71 makes it resonate there.
    LowPass,
    /// Passes a band around the frequency at unit gain.
    BandPass,
    /// So many decibels below the frequency.
    LowShelf(f64),
    /// So many decibels above the frequency.
    HighShelf(f64),
    /// So many decibels at the frequency.
    Bell(f64),
}

impl Biquad {
    /// A filter at rest. `frequency` is in cycles per sample, above 0 and below ½.
    pub(super) fn new(response: Response, frequency: f64, q: f64) -> Self {
        Self { shape: coefficients(response, frequency, q), state: [0.0; 2] }
    }

    /// Moves the filter and keeps its state.
    pub(super) fn retune(&mut self, response: Response, frequency: f64, q: f64) {
        self.shape = coefficients(response, frequency, q);
    }

    /// Filters in place.
    pub(super) fn process(&mut self, samples: &mut [f32]) {
        let [b0, b1, b2, a1, a2] = self.shape;
        let [mut first, mut second] = self.state;
        for sample in samples {
            let x = f64::from(*sample);
            let y = b0 * x + first;
            first = b1 * x - a1 * y + second;
            second = b2 * x - a2 * y;
            *sample = y as f32;
        }
        self.state = [first, second];
    }
}

/// `[b₀, b₁, b₂, a₁, a₂]`, divided by a₀.
fn coefficients(response: Response, frequency: f64, q: f64) -> [f64; 5] {
    let (sin, cos) = (TAU * frequency).sin_cos();
    let alpha = sin / (2.0 * q);
    let (b, a) = match response {
        Response::LowPass => {
            ([(1.0 - cos) / 2.0, 1.0 - cos, (1.0 - cos) / 2.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
        }
        Response::BandPass => ([alpha, 0.0, -alpha], [1.0 + alpha, -2.0 * cos, 1.0 - alpha]),
        Response::Bell(decibels) => {
            let root = 10f64.powf(decibels / 40.0);
            (
                [1.0 + alpha * root, -2.0 * cos, 1.0 - alpha * root],
                [1.0 + alpha / root, -2.0 * cos, 1.0 - alpha / root],
            )
        }
        Response::LowShelf(decibels) => shelf(10f64.powf(decibels / 40.0), cos, alpha),
        Response::HighShelf(decibels) => {
            // A high shelf is a low shelf of the mirrored spectrum.
            let (b, a) = shelf(10f64.powf(decibels / 40.0), -cos, alpha);
            ([b[0], -b[1], b[2]], [a[0], -a[1], a[2]])
        }
    };
    [b[0] / a[0], b[1] / a[0], b[2] / a[0], a[1] / a[0], a[2] / a[0]]
}

/// The low shelf; `root` is the square root of its gain.
fn shelf(root: f64, cos: f64, alpha: f64) -> ([f64; 3], [f64; 3]) {
    let (sum, difference, slope) = (root + 1.0, root - 1.0, 2.0 * root.sqrt() * alpha);
    (
        [
            root * (sum - difference * cos + slope),
            2.0 * root * (difference - sum * cos),
            root * (sum - difference * cos - slope),
        ],
        [sum + difference * cos + slope, -2.0 * (difference + sum * cos), sum + difference * cos - slope],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gain in decibels at `frequency`, measured on the steady part of a sine.
    fn gain_db(response: Response, corner: f64, q: f64, frequency: f64) -> f64 {
        let mut sine: Vec<f32> = (0..8192).map(|n| (TAU * frequency * n as f64).sin() as f32).collect();
        let energy = |x: &[f32]| x[4096..].iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
        let before = energy(&sine);
        Biquad::new(response, corner, q).process(&mut sine);
        10.0 * (energy(&sine) / before).log10()
    }

    #[test]
    fn each_response_has_its_gains() {
        let root_half = std::f64::consts::FRAC_1_SQRT_2;
        let cases = [
            (Response::LowPass, root_half, [0.0, -3.01, -40.0]),
            (Response::LowPass, 10.0, [0.0, 20.0, -40.0]),
            (Response::BandPass, 1.0, [-20.0, 0.0, -20.0]),
            (Response::LowShelf(6.0), root_half, [6.0, 3.0, 0.0]),
            (Response::HighShelf(-9.0), root_half, [0.0, -4.5, -9.0]),
            (Response::Bell(12.0), 1.0, [0.0, 12.0, 0.0]),
        ];
        for (response, q, expected) in cases {
            let corner = 0.02;
            for (frequency, expected_db) in [0.002, 0.02, 0.2].into_iter().zip(expected) {
                let found_db = gain_db(response, corner, q, frequency);
                // Above the corner, the bilinear transform's roots at ½ only add to what is lost.
                let tolerance_db = if expected_db <= -20.0 { 4.0 } else { 0.7 };
                let off = (found_db - expected_db).abs();
                assert!(
                    off < tolerance_db,
                    "{response:?} at {frequency}: {found_db} dB, {expected_db} expected"
                );
            }
        }
    }
}
