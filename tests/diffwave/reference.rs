//! DiffWave as its formulas say it, one sample and one channel at a time in `f64`.

use remel::mel::Mel;
use remel::network::diffwave::embedding_row;
use remel::network::{DiffWaveConfig, Variant, Weights};

/// The noise in `x`, `[samples]`, at `level`.
pub fn predict(config: &DiffWaveConfig, weights: &Weights, x: &[f32], level: f32, mel: &Mel) -> Vec<f64> {
    let row = embedding_row(config, level).map(f64::from).to_vec();
    let hidden =
        linear(weights, "diffusion_embedding.projection1", &row).into_iter().map(silu).collect::<Vec<f64>>();
    let step: Vec<f64> =
        linear(weights, "diffusion_embedding.projection2", &hidden).into_iter().map(silu).collect();
    let conditioner = config.n_mels.map(|_| upsample(config, weights, mel, x.len()));
    let (residual_scale, skip_scale) = match config.variant {
        Variant::Lmnt => (0.5f64.sqrt(), 1.0 / (config.layers as f64).sqrt()),
        Variant::Unscaled => (1.0, 1.0),
    };
    let relu = |row: Vec<f64>| row.into_iter().map(|v| v.max(0.0)).collect::<Vec<f64>>();
    let mut signal: Vec<Vec<f64>> =
        x.iter().map(|x| relu(linear(weights, "input_projection", &[f64::from(*x)]))).collect();
    let mut skips = vec![vec![0.0; config.channels]; x.len()];
    for layer in 0..config.layers {
        let name = |part: &str| format!("residual_layers.{layer}.{part}");
        let added = linear(weights, &name("diffusion_projection"), &step);
        let input: Vec<Vec<f64>> =
            signal.iter().map(|row| row.iter().zip(&added).map(|(a, b)| a + b).collect()).collect();
        for sample in 0..x.len() {
            let mut sums =
                dilated(config, weights, &name("dilated_conv"), &input, sample, config.dilation(layer));
            if let Some(conditioner) = &conditioner {
                let projected = linear(weights, &name("conditioner_projection"), &conditioner[sample]);
                sums.iter_mut().zip(projected).for_each(|(sum, p)| *sum += p);
            }
            let (gates, filters) = sums.split_at(config.channels);
            let gated: Vec<f64> =
                gates.iter().zip(filters).map(|(a, b)| b.tanh() / (1.0 + (-a).exp())).collect();
            let output = linear(weights, &name("output_projection"), &gated);
            for channel in 0..config.channels {
                signal[sample][channel] = (signal[sample][channel] + output[channel]) * residual_scale;
                skips[sample][channel] += output[config.channels + channel] * skip_scale;
            }
        }
    }
    let hidden = skips.iter().map(|row| relu(linear(weights, "skip_projection", row)));
    hidden.map(|row| linear(weights, "output_projection", &row)[0]).collect()
}

/// weight · input + bias, whatever axes of length one the weight has besides.
fn linear(weights: &Weights, name: &str, input: &[f64]) -> Vec<f64> {
    let (weight, bias) = (weights.values(&format!("{name}.weight")), weights.values(&format!("{name}.bias")));
    let rows = weight.chunks_exact(input.len()).zip(bias);
    rows.map(|(row, bias)| {
        row.iter().zip(input).map(|(w, x)| f64::from(*w) * x).sum::<f64>() + f64::from(*bias)
    })
    .collect()
}

/// One output of the dilated convolution over `input`, which is zero outside of its ends.
fn dilated(
    config: &DiffWaveConfig,
    weights: &Weights,
    name: &str,
    input: &[Vec<f64>],
    sample: usize,
    dilation: usize,
) -> Vec<f64> {
    let (weight, bias) = (weights.values(&format!("{name}.weight")), weights.values(&format!("{name}.bias")));
    let lead = if config.causal { 2 * dilation } else { dilation };
    let mut sums: Vec<f64> = bias.iter().map(|b| f64::from(*b)).collect();
    for tap in 0..3 {
        let Some(row) = (sample + tap * dilation).checked_sub(lead).and_then(|at| input.get(at)) else {
            continue;
        };
        for (output, sum) in sums.iter_mut().enumerate() {
            let weight = |channel: usize| f64::from(weight[(output * config.channels + channel) * 3 + tap]);
            *sum += row.iter().enumerate().map(|(channel, x)| weight(channel) * x).sum::<f64>();
        }
    }
    sums
}

/// The spectrogram at one row per sample, zeros where the upsampler is short.
fn upsample(config: &DiffWaveConfig, weights: &Weights, mel: &Mel, samples: usize) -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> =
        (0..mel.frames()).map(|frame| mel.frame(frame).iter().map(|m| f64::from(*m)).collect()).collect();
    for (index, padding) in config.upsampler_padding().into_iter().enumerate() {
        let name = format!("spectrogram_upsampler.conv{}", index + 1);
        let (weight, bias) =
            (weights.values(&format!("{name}.weight")), weights.values(&format!("{name}.bias")));
        let (bands, length) = (mel.n_mels(), (rows.len() - 1) * 16 + 32 - 2 * padding);
        let mut output = vec![vec![f64::from(bias[0]); bands]; length];
        for (column, row) in rows.iter().enumerate() {
            for (band, value) in row.iter().enumerate() {
                for (tap, weight) in weight.iter().enumerate() {
                    // Transposed: every input reaches 3 bands and 32 columns, less the padding.
                    let (to_band, to_column) =
                        ((band + tap / 32).checked_sub(1), (column * 16 + tap % 32).checked_sub(padding));
                    let (Some(to_band), Some(to_column)) = (to_band, to_column) else { continue };
                    if to_band < bands && to_column < length {
                        output[to_column][to_band] += value * f64::from(*weight);
                    }
                }
            }
        }
        rows = output.iter().map(|row| row.iter().map(|v| v.max(0.4 * v)).collect()).collect();
    }
    rows.resize(samples, vec![0.0; mel.n_mels()]);
    rows
}

fn silu(x: f64) -> f64 {
    x / (1.0 + (-x).exp())
}
