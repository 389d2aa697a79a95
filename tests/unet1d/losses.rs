//! The losses of UNet1d and their gradients, which are audio-diffusion-pytorch 0.0.60's own (`tests/fixtures/unet1d`).

use crate::cases::{Case, TOKENS, cases, values, weights};
use burn::tensor::{Device, Tensor, TensorData};
use remel::diffusion::Preconditioning;
use remel::network::unet1d::burn::{Told, UNet1d};
use remel::network::{NetworkConfig, UNet1dConfig};
use remel::train::{Differentiable, SigmaLoss, flattened};

/// The σ of both signals.
const SIGMAS: [f64; 2] = [0.3, 1.7];

/// Signals or noise of two windows, `[2, channels, samples]`.
fn windows(name: &str, channels: usize, samples: usize, scale: f32) -> Tensor<3> {
    let values: Vec<f32> = values(name, 2 * channels * samples).iter().map(|value| scale * value).collect();
    Tensor::from_data(TensorData::new(values, [2, channels, samples]), &Device::flex())
}

/// What the network of `case` is told of both windows, and of `signals` where that depends on them.
fn told(case: &Case, config: &UNet1dConfig, network: &UNet1d, signals: &Tensor<3>) -> Told {
    let [_, channels, samples] = signals.dims();
    if let Some(channels) = network.encoded(signals) {
        return Told { channels, ..Told::default() };
    }
    let of_both = |values: Vec<f32>| {
        let columns = values.len();
        Tensor::<2>::from_data(TensorData::new(values, [1, columns]), &Device::flex()).expand([2, columns])
    };
    let condition = case.condition();
    let features = config.context_features.map(|_| of_both(condition.features));
    let tokens = config
        .context_embedding_features
        .map(|features| of_both(condition.embedding).reshape([2, TOKENS, features]));
    let lower = config.factor.first().map(|factor| {
        let flat = signals.clone().into_data().try_to_vec::<f32>().unwrap();
        let windows = flat.chunks(channels * samples);
        let lower: Vec<f32> = windows
            .flat_map(|window| config.reupsampled_condition(window, *factor).channels.concat())
            .collect();
        for (found, expected) in lower.iter().zip(case.array("reupsampled")) {
            assert!((found - expected).abs() < 1e-5, "reupsampled: {found}, not {expected}");
        }
        Tensor::from_data(TensorData::new(lower, [2, channels, samples]), &Device::flex())
    });
    Told { features, channels: lower.into_iter().collect(), tokens }
}

#[test]
fn losses_and_gradients_are_those_of_pytorch() {
    for name in ["small", "cross", "upsampler", "autoencoder_out", "autoencoder"] {
        let all = cases();
        let case = all.iter().find(|case| case.name == name).unwrap();
        let (config, losses) = (case.config(), case.array("losses"));
        let parameters = flattened(&config, &weights(&config));
        let parameters = Tensor::<1>::from_data(parameters.as_slice(), &Device::flex());
        let k = |dynamic_threshold| Preconditioning::K { sigma_data: 0.5, dynamic_threshold };
        let of_small = [k(0.0), k(0.9), Preconditioning::V];
        let diffusions = if name == "small" { &of_small[..] } else { &of_small[2..] };
        for (index, diffusion) in diffusions.iter().enumerate() {
            let differentiable = Differentiable::unet1d(&config, &parameters);
            let [signals, noise] = [("signals", 2.0), ("noise", 4.0)]
                .map(|(name, scale)| windows(name, config.in_channels, case.samples, scale));
            let told = told(case, &config, &differentiable.network, &signals);
            let network = &differentiable.network;
            let loss = SigmaLoss::new(*diffusion).of(network, &told, [signals, noise], &SIGMAS);
            let gradient = differentiable.gradient(&loss);
            let (found, expected) = (loss.into_scalar::<f32>(), losses[index]);
            assert!((found / expected - 1.0).abs() < 1e-4, "{name}, {diffusion:?}: {found}, not {expected}");
            // With a threshold the scale is a constant here, and has a gradient in PyTorch.
            if !matches!(diffusion, Preconditioning::K { dynamic_threshold, .. } if *dynamic_threshold > 0.0) {
                let gradient = gradient.into_data().try_to_vec::<f32>().unwrap();
                compare_lengths(case, &config, &gradient, index / 2);
            }
        }
    }
}

/// Holds the lengths of a gradient's tensors against row `row` of PyTorch's.
fn compare_lengths(case: &Case, config: &UNet1dConfig, gradient: &[f32], row: usize) {
    let (mut rest, mut found) = (gradient, Vec::new());
    for (name, shape) in NetworkConfig::tensors(config) {
        let (of_tensor, after) = rest.split_at(shape.iter().product());
        found.push((name, of_tensor.iter().map(|value| value * value).sum::<f32>().sqrt()));
        rest = after;
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let theirs = &case.array("gradients")[row * found.len()..][..found.len()];
    let largest = theirs.iter().fold(0.0_f32, |largest, length| largest.max(*length));
    for ((name, length), expected) in found.iter().zip(theirs) {
        let close = (length - expected).abs() < 1e-3 * expected + 1e-5 * largest;
        assert!(close, "{}: the gradient of {name} has length {length}, not {expected}", case.name);
    }
}
