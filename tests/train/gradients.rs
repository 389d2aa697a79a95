//! Gradients of the losses against PyTorch's (`tests/fixtures/train`).

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor, TensorData};
use remel::checkpoint;
use remel::mel::Mel;
use remel::model::ModelHeader;
use remel::network::Weights;
use remel::train::config::{Loss, Precision, TrainingConfig};
use remel::train::{Batch, Differentiable, NoiseLoss, flattened, unflattened};
use safetensors::SafeTensors;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// A fixture's tensors by name.
struct Fixture(Vec<u8>);

impl Fixture {
    fn read() -> Self {
        Self(std::fs::read(fixtures().join("train/gradients.safetensors")).unwrap())
    }

    fn get(&self, name: &str) -> Option<Vec<f32>> {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let (values, _) = file.tensor(name).ok()?.data().as_chunks::<4>();
        Some(values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }

    /// The batch: two crops of eight frames.
    fn batch(&self) -> Batch {
        let get = |name: &str| self.get(name).unwrap();
        Batch {
            samples: 2048,
            mels: get("mel").chunks_exact(80 * 8).map(|bands| Mel::from_bands(80, bands)).collect(),
            signal: get("signal"),
            noise: get("noise"),
            signal_scale: get("signal_scale"),
            noise_scale: get("noise_scale"),
            levels: get("levels"),
            labels: Vec::new(),
        }
    }
}

fn gradients(spectral_weight: f64) -> (f32, Weights) {
    let device = Device::flex();
    let model = checkpoint::load(&fixtures().join("diffwave/lmnt_8x4x2/weights.pt"), None).unwrap();
    let config = model.header().network.diffwave("test").unwrap();
    let values = flattened(config, model.weights());
    let count = values.len();
    let parameters = Tensor::from_data(TensorData::new(values, [count]), &device);
    let differentiable = Differentiable::new(config, &parameters, Precision::F32);
    let training = TrainingConfig { loss: Loss::L1, spectral_weight, ..TrainingConfig::default() };
    let loss = NoiseLoss::new(&training, model.header(), &device);
    let loss = loss.of(&differentiable.network, &Fixture::read().batch(), &device);
    let gradient = differentiable.gradient(&loss).to_data().try_to_vec().unwrap();
    (loss.into_scalar::<f32>(), unflattened(config, &gradient))
}

/// Holds a loss and its gradients against the fixture's, each tensor relative to its largest value.
fn hold(name: &str, spectral_weight: f64) {
    let fixture = Fixture::read();
    let (loss, gradients) = gradients(spectral_weight);
    let theirs = fixture.get(&format!("{name}.loss")).unwrap()[0];
    assert!((loss - theirs).abs() < 1e-4, "{name}: loss {loss}, expected {theirs}");
    let mut held = 0;
    for (parameter, ours) in gradients.iter() {
        let Some(theirs) = fixture.get(&format!("{name}.{parameter}")) else { continue };
        let scale = theirs.iter().fold(0.0_f32, |scale, value| scale.max(value.abs())).max(1.0);
        let worst = ours.data.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-4 * scale, "{name}: gradient of {parameter} off by {worst} of {scale}");
        held += 1;
    }
    assert!(held > 30, "the fixture holds {held} gradients only");
}

#[test]
fn gradients_of_the_noise_loss_agree_with_pytorch() {
    hold("noise", 0.0);
}

#[test]
fn gradients_of_the_spectral_loss_agree_with_pytorch() {
    hold("whole", 0.5);
}

/// Half precision, where losses are scaled as in training so that no gradient vanishes.
#[test]
fn gradients_in_half_precision_point_where_those_in_single_precision_do() {
    let device = Device::flex();
    let model = checkpoint::load(&fixtures().join("diffwave/lmnt_8x4x2/weights.pt"), None).unwrap();
    let (config, batch) = (model.header().network.diffwave("test").unwrap(), Fixture::read().batch());
    let values = flattened(config, model.weights());
    let training = TrainingConfig { spectral_weight: 0.5, ..TrainingConfig::default() };
    let loss = NoiseLoss::new(&training, model.header(), &device);
    let [single, half, bf16] = [Precision::F32, Precision::F16, Precision::Bf16].map(|precision| {
        let parameters = Tensor::from_data(TensorData::new(values.clone(), [values.len()]), &device);
        let differentiable = Differentiable::new(config, &parameters, precision);
        let loss = loss.of(&differentiable.network, &batch, &device) * 1024.0;
        let gradient: Vec<f32> = differentiable.gradient(&loss).to_data().try_to_vec().unwrap();
        gradient.iter().map(|g| f64::from(*g)).collect::<Vec<f64>>()
    });
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    for (name, gradient, least) in [("f16", half, 0.9999), ("bf16", bf16, 0.99)] {
        assert_ne!(gradient, single, "{name} is computed in f32");
        let cosine = dot(&single, &gradient) / (dot(&single, &single) * dot(&gradient, &gradient)).sqrt();
        assert!(cosine > least, "{name}: cosine {cosine}");
    }
}

/// PyTorch has no such filter to compare with: the slope of the loss along its gradient is measured instead.
#[test]
fn gradients_of_the_loss_on_the_shaped_signal_are_its_slope() {
    let device = Device::flex();
    let model = checkpoint::load(&fixtures().join("diffwave/lmnt_8x4x2/weights.pt"), None).unwrap();
    let prior = Some(remel::domain::Prior::Spectral(remel::domain::SpectralPrior::default()));
    let header = ModelHeader { prior, ..model.header().clone() };
    let (config, batch) = (header.network.diffwave("test").unwrap(), Fixture::read().batch());
    let values = flattened(config, model.weights());
    let loss_and_gradient = |shaped_weight: f64, values: &[f32]| {
        let training = TrainingConfig { shaped_weight, ..TrainingConfig::default() };
        let parameters = Tensor::from_data(TensorData::new(values.to_vec(), [values.len()]), &device);
        let differentiable = Differentiable::new(config, &parameters, Precision::F32);
        let loss = NoiseLoss::new(&training, &header, &device).of(&differentiable.network, &batch, &device);
        let gradient: Vec<f32> = differentiable.gradient(&loss).to_data().try_to_vec().unwrap();
        (f64::from(loss.into_scalar::<f32>()), gradient)
    };
    let (plain, _) = loss_and_gradient(0.0, &values);
    let (whole, gradient) = loss_and_gradient(100.0, &values);
    assert!(whole > plain + 10.0, "{whole}, {plain} without the shaped signal");
    let norm = gradient.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
    let along = |length: f64| -> Vec<f32> {
        values.iter().zip(&gradient).map(|(v, g)| v + (length * f64::from(*g) / norm) as f32).collect()
    };
    let [ahead, behind] = [1e-3, -1e-3].map(|length| loss_and_gradient(100.0, &along(length)).0);
    let slope = (ahead - behind) / 2e-3;
    assert!((slope / norm - 1.0).abs() < 0.03, "slope {slope}, norm of the gradient {norm}");
}
