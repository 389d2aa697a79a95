//! What diffused spectra sound like, with gradients: what [`crate::domain::Stft`] does.

use burn::tensor::{Device, Tensor, TensorData};

use super::stft;
use super::transform::Transform;
use crate::mel::{Compression, Dialect, FilterBank, Spectrum, hann};

/// Most by which a band is scaled, up or down: ln of its magnitude.
const MOST: f64 = 2.0;
/// Added to powers, whose roots then have a gradient; what the mel of [`Spectrum::MagnitudeEps`] adds itself.
const POWER_FLOOR: f64 = 1e-12;
const MEL_POWER_FLOOR: f64 = 1e-9;
/// Hops of overlapped windows before those that are listened to: where some of the windows over them are missing, and where the
/// network does so of the past.
const EDGE_HOPS: usize = 2 * stft::OVERLAP - 2;

/// What spectra are whitened by and held to.
#[derive(Clone, Debug)]
pub struct Spectra {
    /// The deviation of each part of a bin, `[crops, frames, bins]`.
    pub deviations: Tensor<3>,
    /// `[crops, frames, n_mels]`
    pub mel: Tensor<3>,
}

/// Holds spectra to their mel frames and makes sound of them.
pub struct Sound {
    /// The mel bank, `[bins, n_mels]`, and each band's share of a bin, `[n_mels, bins]`.
    bank: Tensor<2>,
    shares: Tensor<2>,
    /// From spectra to windowed samples, and what spectra are scaled by before, `[1, 2 · bins]`.
    transform: Transform,
    scales: Tensor<2>,
    /// 0 for the imaginary parts of the first and the last bin, else 1. `[1, 1, bins]`
    has_phase: Tensor<3>,
    /// The smallest band value, and what is added to powers.
    floors: [f64; 2],
    hop: usize,
    lead: usize,
}

impl Sound {
    /// Of spectra under mel frames of `dialect`, four hops to a window, on `device`.
    pub fn new(dialect: &Dialect, device: &Device) -> Self {
        let bins = dialect.n_fft / 2 + 1;
        let bank = dialect.filter_bank();
        let placed = |bank: &FilterBank| {
            let mut values = vec![0.0; bank.n_mels() * bins];
            for (band, row) in values.chunks_exact_mut(bins).enumerate() {
                let (start, weights) = bank.band(band);
                row[start..start + weights.len()].copy_from_slice(weights);
            }
            Tensor::<2>::from_data(TensorData::new(values, [bank.n_mels(), bins]), device)
        };
        let value_floor = match dialect.compression {
            Compression::Ln { floor } => f64::from(floor),
            Compression::UnitDecibels | Compression::Log10 => POWER_FLOOR,
        };
        let power_floor = match dialect.spectrum {
            Spectrum::MagnitudeEps => MEL_POWER_FLOOR,
            _ => POWER_FLOOR,
        };
        let mut has_phase = vec![1.0_f32; bins];
        (has_phase[0], has_phase[bins - 1]) = (0.0, 0.0);
        Self {
            bank: placed(&bank).transpose(),
            shares: placed(&bank.shares(bins)),
            transform: Transform::new(dialect.n_fft, device),
            scales: scales(dialect, device),
            has_phase: Tensor::from_data(TensorData::new(has_phase, [1, 1, bins]), device),
            floors: [value_floor, power_floor],
            hop: dialect.hop,
            lead: dialect.lead_samples(),
        }
    }

    /// `x`, `[crops, frames, 2 · bins]`, scaled so that its mel comes to be what `spectra` hold: each bin by the mean ratio,
    /// as a logarithm, of the bands that hold it.
    pub fn fitted(&self, x: Tensor<3>, spectra: &Spectra) -> Tensor<3> {
        let [crops, frames, bins] = spectra.deviations.dims();
        let [real, imaginary] = halves(&x);
        let magnitude = (real.square() + imaginary.square()) * spectra.deviations.clone();
        let [value_floor, power_floor] = self.floors;
        let magnitude = (magnitude.square() + power_floor).sqrt().reshape([crops * frames, bins]);
        let now = magnitude.matmul(self.bank.clone()).clamp_min(value_floor).log();
        let mel = spectra.mel.clone().reshape(now.dims());
        // Half of it: decoding squares magnitudes.
        let gains = ((mel - now).clamp(-MOST, MOST) * 0.5).matmul(self.shares.clone()).exp();
        x * gains.reshape([crops, frames, bins]).repeat_dim(2, 2)
    }

    /// What `x` sounds like once it is fitted, without [`Sound::span`]'s edges. `[crops, frames, 2 · bins] → [crops, samples]`,
    /// the samples a multiple of `step_samples`
    pub fn of(&self, x: Tensor<3>, spectra: &Spectra, step_samples: usize) -> Tensor<2> {
        let [crops, frames, bins] = spectra.deviations.dims();
        let [real, imaginary] = halves(&self.fitted(x, spectra));
        let imaginary = imaginary * self.has_phase.clone();
        let power = real.clone().square() + imaginary.clone().square() + POWER_FLOOR;
        let gain = power.sqrt() * spectra.deviations.clone();
        let bins =
            Tensor::cat(vec![real * gain.clone(), imaginary * gain], 2).reshape([crops * frames, 2 * bins]);
        let windows = self.transform.transposed(bins * self.scales.clone());
        let windows = windows.reshape([crops, frames, self.transform.points()]);
        let (start, samples) = self.span(frames, step_samples);
        stft::overlapped(windows).narrow(1, start + self.lead, samples)
    }

    /// Where what [`Sound::of`] gives of `frames` frames begins in their audio, and how many samples it has: a window's length
    /// is left out at each end, where frames are missing.
    pub fn span(&self, frames: usize, step_samples: usize) -> (usize, usize) {
        let samples = (frames + 1 - stft::OVERLAP - EDGE_HOPS) * self.hop;
        (EDGE_HOPS * self.hop - self.lead, samples - samples % step_samples)
    }
}

/// Real and imaginary parts.
fn halves(x: &Tensor<3>) -> [Tensor<3>; 2] {
    let bins = x.dims()[2] / 2;
    [0, bins].map(|start| x.clone().narrow(2, start, bins))
}

/// What makes an inverse of the transposed transform, after which windows add up to the signal: a Hann window's squares, as they
/// overlap, to a constant.
fn scales(dialect: &Dialect, device: &Device) -> Tensor<2> {
    let (points, bins) = (dialect.n_fft, dialect.n_fft / 2 + 1);
    let overlap: f32 = hann(points).iter().map(|w| w * w).sum::<f32>() / dialect.hop as f32;
    let scales = (0..2 * bins).map(|column| {
        // A bin but the first and the last stands for two: itself and its mirror image; sines have the other sign.
        let (bin, sign) = if column < bins { (column, 1.0) } else { (column - bins, -1.0) };
        let mirrored = if bin == 0 || bin + 1 == bins { 1.0 } else { 2.0 };
        sign * mirrored / (points as f32 * overlap)
    });
    Tensor::from_data(TensorData::new(scales.collect::<Vec<f32>>(), [1, 2 * bins]), device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::Noise;
    use crate::domain::{Domain, Fit, Stft};
    use crate::mel::Mel;

    const FRAMES: usize = 24;

    #[track_caller]
    fn hold(what: &str, found: Tensor<2>, expected: &[f32]) {
        let found: Vec<f32> = found.to_data().try_to_vec().unwrap();
        let peak = expected.iter().fold(0.0_f32, |peak, v| peak.max(v.abs()));
        let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(found.len() == expected.len() && worst < 2e-5 * peak, "{what}: off by {worst} of {peak}");
    }

    #[test]
    fn it_fits_and_sounds_as_the_domain_that_sampling_goes_through() {
        let (dialect, device) = (Dialect::named("hifigan").unwrap(), Device::flex());
        let (bins, mut domain) = (dialect.n_fft / 2 + 1, Stft::new(&dialect));
        let noise = |seed: u64, count: usize| {
            let mut values = vec![0.0; count];
            Noise::new(seed).fill(0, 0, 0, &mut values);
            values
        };
        let mel: Vec<f32> = noise(1, FRAMES * dialect.n_mels).iter().map(|v| v - 4.0).collect();
        let mel = Mel::from_frames(dialect.n_mels, mel);
        let mut x = noise(2, FRAMES * 2 * bins);
        let deviations: Vec<f32> =
            (0..FRAMES).flat_map(|frame| domain.deviations(mel.frame(frame)).to_vec()).collect();
        let placed = |values: &[f32]| {
            let shape = [1, FRAMES, values.len() / FRAMES];
            Tensor::<3>::from_data(TensorData::new(values.to_vec(), shape), &device)
        };
        let spectra = Spectra { deviations: placed(&deviations), mel: placed(mel.as_frames()) };
        let (sound, raw) = (Sound::new(&dialect, &device), placed(&x));
        for (index, x) in x.chunks_exact_mut(2 * bins).enumerate() {
            domain.fit(mel.frame(index), Fit { share: 1.0, detail: 1.0 }, x);
        }
        hold("fitted", sound.fitted(raw.clone(), &spectra).flatten(1, 2), &x);
        let audio = domain.decode(&mel, x);
        let (start, samples) = sound.span(FRAMES, 512);
        assert_eq!(samples, 14 * dialect.hop);
        hold("sound", sound.of(raw, &spectra, 512), &audio[start..start + samples]);
    }
}
