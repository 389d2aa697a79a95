//! The residual layers on the CPU's tile unit against burn's, forwards and backwards.

use burn::tensor::{Device, Tensor, TensorData};
use remel::network::diffwave::amx;
use remel::network::{DiffWaveConfig, Variant};
use remel::train::config::Precision;
use remel::train::{Differentiable, flattened, unflattened};

/// Crops, and frames of each.
const CROPS: usize = 3;
const FRAMES: usize = 4;
const SAMPLES: usize = FRAMES * DiffWaveConfig::HOP;

fn config() -> DiffWaveConfig {
    DiffWaveConfig {
        channels: 32,
        layers: 6,
        dilation_cycle: 3,
        n_mels: Some(80),
        classes: None,
        training_steps: 50,
        causal: false,
        variant: Variant::Lmnt,
        learned_variance: false,
    }
}

/// What a network of `config` predicts, and the gradient of its product with random numbers, map by map.
fn computed(config: &DiffWaveConfig, precision: Precision) -> (Vec<f32>, Vec<(String, Vec<f32>)>) {
    let device = Device::flex();
    let tensor = |values: Vec<f32>| {
        let count = values.len();
        Tensor::<1>::from_data(TensorData::new(values, [count]), &device)
    };
    let weights = crate::weights::weights(config);
    let differentiable = Differentiable::new(config, &tensor(flattened(config, &weights)), precision);
    let network = &differentiable.network;
    let conditioner = config.n_mels.map(|bands| {
        let mel = tensor(crate::random::numbers(1001, CROPS * bands * FRAMES)).abs();
        network.upsample(mel.reshape([CROPS, bands, FRAMES]))
    });
    let labels: Vec<Option<usize>> = config.classes.map_or(Vec::new(), |_| vec![Some(1), None, Some(0)]);
    let x = tensor(crate::random::numbers(1002, CROPS * SAMPLES)).reshape([CROPS, SAMPLES]);
    let eps = network.forward(x, &[3.0, 20.5, 48.0], conditioner.as_ref(), &labels);
    let weighted =
        (eps.clone() * tensor(crate::random::numbers(1003, CROPS * SAMPLES)).reshape([CROPS, SAMPLES])).sum();
    let gradient: Vec<f32> = differentiable.gradient(&weighted).to_data().try_to_vec().expect("f32");
    let gradients = unflattened(config, &gradient);
    // A map's bias goes with its weight: a sum over all samples may be next to nothing by itself.
    let mut maps: Vec<(String, Vec<f32>)> = Vec::new();
    for (name, tensor) in gradients.iter() {
        let map = name.trim_end_matches(".weight").trim_end_matches(".bias");
        match maps.iter_mut().find(|(known, _)| known == map) {
            Some((_, values)) => values.extend(&tensor.data),
            None => maps.push((map.to_owned(), tensor.data.clone())),
        }
    }
    (eps.to_data().try_to_vec().expect("f32"), maps)
}

/// How far `found` is from `expected`, relative to its size.
fn distance(found: &[f32], expected: &[f32]) -> f64 {
    let norm = |x: &mut dyn Iterator<Item = f32>| x.map(|x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    let off = norm(&mut found.iter().zip(expected).map(|(a, b)| a - b));
    off / norm(&mut expected.iter().copied()).max(1e-9)
}

/// Holds the tile unit against burn in f32, as near as bf16 is. A tap, a sign or a scale gone wrong is off by far more.
#[track_caller]
fn hold(test: &str, config: &DiffWaveConfig) {
    if !amx::is_available() {
        return crate::skipped::skipped(test, "no tile unit (AMX with bf16)");
    }
    let (expected, expected_gradients) = computed(config, Precision::F32);
    let (found, gradients) = computed(config, Precision::Bf16);
    let off = distance(&found, &expected);
    assert!(off > 0.0 && off < 0.02, "prediction off by {off}");
    for ((name, found), (_, expected)) in gradients.iter().zip(&expected_gradients) {
        let off = distance(found, expected);
        assert!(off < 0.1, "gradient of {name} off by {off}");
    }
}

#[test]
fn a_bidirectional_network() {
    hold("a_bidirectional_network", &config());
}

#[test]
fn a_causal_network_whose_channels_fill_no_tiles() {
    hold(
        "a_causal_network_whose_channels_fill_no_tiles",
        &DiffWaveConfig { causal: true, channels: 40, ..config() },
    );
}

#[test]
fn an_unconditional_network_with_labels() {
    hold(
        "an_unconditional_network_with_labels",
        &DiffWaveConfig { n_mels: None, classes: Some(2), ..config() },
    );
}

#[test]
fn dilations_longer_than_the_signal() {
    hold("dilations_longer_than_the_signal", &DiffWaveConfig { layers: 11, dilation_cycle: 11, ..config() });
}
