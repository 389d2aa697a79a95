//! The upsampler: two transposed convolutions that bring mel frames to one row per sample.

use crate::mel::Mel;
use crate::network::Weights;
use crate::network::diffwave::config::{DiffWaveConfig, UPSAMPLER_SLOPE};

/// Stride of either convolution along time.
const STRIDE: usize = 16;
/// Taps along time, two of which meet in every output.
const TAPS: usize = 2 * STRIDE;
/// Taps along the bands.
const BANDS: usize = 3;

/// The upsampler with what it keeps between its two convolutions.
pub(super) struct Upsampler {
    convolutions: [Convolution; 2],
    between: Vec<f32>,
}

/// A transposed convolution and the leaky relu after it.
struct Convolution {
    weight: [[f32; TAPS]; BANDS],
    bias: f32,
    padding: usize,
}

impl Upsampler {
    /// The upsampler of a network that has one.
    pub(super) fn new(config: &DiffWaveConfig, weights: &Weights) -> Self {
        let convolution = |index: usize| {
            let name = format!("spectrogram_upsampler.conv{}", index + 1);
            let weight = weights.values(&format!("{name}.weight"));
            Convolution {
                weight: std::array::from_fn(|band| std::array::from_fn(|tap| weight[band * TAPS + tap])),
                bias: weights.values(&format!("{name}.bias"))[0],
                padding: config.upsampler_padding()[index],
            }
        };
        Self { convolutions: [0, 1].map(convolution), between: Vec::new() }
    }

    /// Writes one row per sample from sample `skip` on, `[samples, n_mels]`. Rows beyond the upsampler's last sample
    /// are zeros.
    pub(super) fn run(&mut self, mel: &Mel, skip: usize, rows: &mut [f32]) {
        let [first, second] = &self.convolutions;
        let length = first.length(mel.frames());
        self.between.resize(length * mel.n_mels(), 0.0);
        first.run(mel.as_frames(), mel.n_mels(), 0, &mut self.between);
        let known = (second.length(length).saturating_sub(skip) * mel.n_mels()).min(rows.len());
        second.run(&self.between, mel.n_mels(), skip, &mut rows[..known]);
        rows[known..].fill(0.0);
    }
}

impl Convolution {
    /// Outputs that `inputs` columns give.
    fn length(&self, inputs: usize) -> usize {
        (inputs * STRIDE + TAPS - STRIDE).saturating_sub(2 * self.padding) * usize::from(inputs > 0)
    }

    /// `[inputs, n_mels] → [outputs, n_mels]`, without the first `skip` outputs.
    fn run(&self, input: &[f32], n_mels: usize, skip: usize, output: &mut [f32]) {
        for (index, output) in output.chunks_exact_mut(n_mels).enumerate() {
            output.fill(self.bias);
            let place = skip + index + self.padding;
            for (column, tap) in [
                (Some(place / STRIDE), place % STRIDE),
                ((place / STRIDE).checked_sub(1), place % STRIDE + STRIDE),
            ] {
                let Some(column) = column.filter(|column| (column + 1) * n_mels <= input.len()) else {
                    continue;
                };
                let input = &input[column * n_mels..][..n_mels];
                let [above, here, below] = self.weight.map(|taps| taps[tap]);
                // Band b of the output is met by band b + 1 with the first tap, b with the second, b − 1 with the third.
                add(&mut output[..n_mels - 1], &input[1..], above);
                add(output, input, here);
                add(&mut output[1..], &input[..n_mels - 1], below);
            }
            output.iter_mut().for_each(|value| *value = value.max(*value * UPSAMPLER_SLOPE));
        }
    }
}

/// sums += values · weight
fn add(sums: &mut [f32], values: &[f32], weight: f32) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value * weight;
    }
}
