//! How far sounds are from one another in their mel spectra.

use burn::tensor::{Device, Tensor, TensorData};

use super::stft;
use super::transform::Transform;
use crate::mel::{FilterBank, Scale};

/// Bands of the three resolutions, from the shortest window to the longest.
const BANDS: [usize; 3] = [40, 80, 128];
/// Added to powers, whose roots then have a gradient.
const POWER_FLOOR: f64 = 1e-12;
/// Added to a band: what is quieter than −80 dB counts for little.
const FLOOR: f64 = 1e-4;

/// Mean absolute difference of log mel spectra at three resolutions: half, once and twice the transform of a dialect.
pub struct MelDistance {
    /// Per resolution the transform, and the mean over each band's bins, scaled for its points, `[bins, bands]`.
    resolutions: Vec<(Transform, Tensor<2>)>,
}

impl MelDistance {
    /// The distance for sounds at `rate_hz`, around a transform of `n_fft` points, on `device`.
    pub fn new(rate_hz: u32, n_fft: usize, device: &Device) -> Self {
        let resolutions = BANDS.iter().enumerate().map(|(index, bands)| {
            let points = (n_fft << index) / 2;
            (Transform::new(points, device), means(rate_hz, points, *bands, device))
        });
        Self { resolutions: resolutions.collect() }
    }

    /// Samples that a sound may have: a multiple of these, and at least the longest window.
    pub fn step_samples(&self) -> usize {
        self.resolutions.iter().map(|(transform, _)| transform.points() / stft::OVERLAP).max().unwrap_or(1)
    }

    /// The distance of `made` from `real`, `[crops, samples]` each. `[1]`
    pub fn of(&self, made: &Tensor<2>, real: &Tensor<2>) -> Tensor<1> {
        let distances = self.resolutions.iter().map(|(transform, means)| {
            let [made, real] = [made, real].map(|sound| bands(sound.clone(), transform, means));
            (made - real).abs().mean()
        });
        Tensor::cat(distances.collect(), 0).mean()
    }
}

/// Logarithms of the bands of all windows, `[windows, bands]`.
fn bands(sound: Tensor<2>, transform: &Transform, means: &Tensor<2>) -> Tensor<2> {
    let magnitudes = transform.magnitudes(sound, POWER_FLOOR);
    let [crops, windows, bins] = magnitudes.dims();
    (magnitudes.reshape([crops * windows, bins]).matmul(means.clone()) + FLOOR).log()
}

/// Triangular filters over the bins of `points` points whose weights add up to 1, over the root of the points.
fn means(rate_hz: u32, points: usize, bands: usize, device: &Device) -> Tensor<2> {
    let (bins, bank) =
        (points / 2 + 1, FilterBank::new(Scale::Htk, rate_hz, points, bands, 0.0, rate_hz as f32 / 2.0));
    let mut values = vec![0.0; bins * bands];
    for index in 0..bands {
        let (start, weights) = bank.band(index);
        let sum = weights.iter().sum::<f32>().max(1e-9) * (points as f32).sqrt();
        for (bin, weight) in weights.iter().enumerate() {
            values[(start + bin) * bands + index] = weight / sum;
        }
    }
    Tensor::from_data(TensorData::new(values, [bins, bands]), device)
}
