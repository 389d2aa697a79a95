//! The filter of the spectral prior where gradients go through it.

use burn::tensor::{Device, Tensor, TensorData};

use super::stft::{self, OVERLAP};
use crate::domain::SpectralFilter;
use crate::mel::Mel;

/// [`SpectralFilter::shape`] as matrix products.
pub struct ShapingFilter {
    filter: SpectralFilter,
    /// `[win, 2 · bins]`
    basis: Tensor<2>,
    win: usize,
}

impl ShapingFilter {
    /// `filter` on `device`.
    pub fn new(filter: SpectralFilter, device: &Device) -> Self {
        let win = filter.prior().win;
        Self { filter, basis: stft::basis(win, device), win }
    }

    /// The gains of all windows for signals of `samples` samples, one per spectrogram, for [`ShapingFilter::shape`].
    /// `[mels.len(), windows, 2 · bins]`
    pub fn gains(&self, mels: &[Mel], samples: usize) -> Tensor<3> {
        let (mut filter, bins) = (self.filter.clone(), self.win / 2 + 1);
        // A bin but the first and the last stands for two: itself and its mirror image.
        let share = |bin: usize| if bin == 0 || bin + 1 == bins { 1.0 } else { 2.0 };
        let scale = 1.0 / self.win as f64;
        let values: Vec<f32> = mels
            .iter()
            .flat_map(|mel| {
                let mut gains = filter.gains(mel, samples);
                let shares = (0..bins).map(|bin| (share(bin) * scale) as f32).cycle();
                gains.iter_mut().zip(shares).for_each(|(gain, share)| *gain *= share);
                gains
            })
            .collect();
        let windows = values.len() / (mels.len() * bins);
        let gains = TensorData::new(values, [mels.len(), windows, bins]);
        Tensor::<3>::from_data(gains, &self.basis.device()).repeat_dim(2, 2)
    }

    /// Signals through their `gains`; the samples are a multiple of a quarter of the window. `[crops, samples]` both
    pub fn shape(&self, x: Tensor<2>, gains: Tensor<3>) -> Tensor<2> {
        let samples = x.dims()[1];
        let before = self.win - self.win / OVERLAP;
        let windows = stft::windows(x.pad((before, before, 0, 0), 0.0), self.win);
        let basis = self.basis.clone().unsqueeze_dim::<3>(0);
        let bins = windows.matmul(basis.clone()) * gains;
        stft::overlapped(bins.matmul(basis.swap_dims(1, 2))).narrow(1, before, samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::Noise;
    use crate::domain::SpectralPrior;
    use crate::mel::Dialect;

    #[test]
    fn it_shapes_as_the_filter_that_sampling_goes_through() {
        let (dialect, prior) = (Dialect::named("lmnt-diffwave").unwrap(), SpectralPrior::default());
        let noise = |seed: u64, count: usize| {
            let mut values = vec![0.0; count];
            Noise::new(seed).fill(0, 0, 0, &mut values);
            values
        };
        let mels = [1, 2].map(|seed| {
            Mel::from_frames(80, noise(seed, 5 * 80).iter().map(|v| (0.5 + 0.2 * v).clamp(0.0, 1.0)).collect())
        });
        let device = Device::flex();
        let filter = ShapingFilter::new(SpectralFilter::new(prior, &dialect), &device);
        let x = noise(3, 2 * 5 * 256);
        let tensor = Tensor::<2>::from_data(TensorData::new(x.clone(), [2, 5 * 256]), &device);
        let shaped = filter.shape(tensor, filter.gains(&mels, 5 * 256));
        let shaped: Vec<f32> = shaped.to_data().try_to_vec().unwrap();
        for ((mel, x), shaped) in mels.iter().zip(x.chunks(5 * 256)).zip(shaped.chunks(5 * 256)) {
            let mut expected = x.to_vec();
            SpectralFilter::new(prior, &dialect).shape(mel, &mut expected);
            let peak = expected.iter().fold(0.0_f32, |peak, v| peak.max(v.abs()));
            let worst = expected.iter().zip(shaped).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(peak > 0.0 && worst < 1e-5 * peak, "off by {worst} of {peak}");
        }
    }
}
