//! Training: gradients against PyTorch's (`tests/fixtures/train`), and what a run leaves behind.
#![cfg(feature = "train")]
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod training;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use remel::checkpoint;
use remel::mel::{Mel, mel_of};
use remel::model::ModelHeader;
use remel::network::{Backend, Weights};
use remel::phase::Phase;
use remel::train::config::{DataConfig, Loss, Precision, Prior, Source, TrainingConfig};
use remel::train::data::{DataSet, Split};
use remel::train::{Batch, Differentiable, NoiseLoss, flattened, run, unflattened};
use remel::vocoder::{Request, Vocoder};
use safetensors::SafeTensors;
use training::{Record, small};

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
    let config = &model.header().network;
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
    let (config, batch) = (&model.header().network, Fixture::read().batch());
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
    let prior = Some(remel::prior::Prior::Spectral(remel::prior::SpectralPrior::default()));
    let header = ModelHeader { prior, ..model.header().clone() };
    let (config, batch) = (&header.network, Fixture::read().batch());
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

#[test]
fn a_resumed_training_has_the_losses_of_an_uninterrupted_one() {
    let (whole, parts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut uninterrupted = Record::default();
    run(&small(whole.path()), false, &mut uninterrupted).unwrap();
    assert_eq!((uninterrupted.losses.len(), uninterrupted.validations.len()), (8, 2));

    let config = small(parts.path());
    let mut first = Record { stop_after: Some(3), ..Record::default() };
    run(&config, false, &mut first).unwrap();
    let mut second = Record::default();
    let model = run(&config, true, &mut second).unwrap();
    assert_eq!([first.losses, second.losses].concat(), uninterrupted.losses);
    assert_eq!(second.validations, uninterrupted.validations);

    let model = checkpoint::load(&model, None).unwrap();
    let other = checkpoint::load(&whole.path().join("model.safetensors"), None).unwrap();
    assert_eq!(model.weights(), other.weights());
    assert_eq!(model.header().card.trained_steps, 8);
}

/// Mean distance of what a model makes of generated sounds from their mel frames, in the mel's own unit.
fn distance(model: &Path) -> f64 {
    let model = checkpoint::load(model, None).unwrap();
    let dialect = model.dialect().unwrap().clone();
    let mut vocoder = Vocoder::new(Arc::new(model), &Backend::Cpu).unwrap();
    let source =
        DataSet::open(&DataConfig::new(Source::Additive), 22_050, &mut |_| (), &mut |_, _| ()).unwrap();
    let mut distances = (1000..1008).map(|number| {
        let mel = mel_of(&source.crop(Split::Validation, number, 16_384).unwrap().audio, &dialect).unwrap();
        let made = vocoder.synthesize(&mel, &[], &Request::default(), &mut |_, _| ()).unwrap();
        let made = mel_of(&made, &dialect).unwrap();
        let pairs = made.as_frames().iter().zip(mel.as_frames());
        pairs.map(|(a, b)| f64::from((a - b).abs())).sum::<f64>() / mel.as_frames().len() as f64
    });
    distances.by_ref().sum::<f64>() / 8.0
}

#[test]
fn training_brings_the_output_nearer_to_the_mel_frames() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = small(folder.path());
    config.network.prior = Prior::Spectral;
    config.training.shaped_weight = 0.3;
    config.training.learning_rate = 0.005;
    config.training.total_steps = 400;
    config.training.validate_steps = 400;
    config.training.ema = 0.95;
    let mut untrained = config.clone();
    untrained.model = folder.path().join("untrained.safetensors");
    untrained.training.total_steps = 1;
    untrained.training.learning_rate = 1e-9;
    let [before, after] =
        [untrained, config].map(|c| distance(&run(&c, false, &mut Record::default()).unwrap()));
    assert!(after < 0.7 * before, "{before} before, {after} after");
}

#[test]
fn a_model_has_the_name_licence_and_schedules_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = small(folder.path());
    config.name = Some("Glass".into());
    config.licence = "CC0-1.0".into();
    config.phase = Some(Phase { trust: 1.0, ..Phase::default() });
    config.schedule.steps = 20;
    config.schedule.beta_max = 0.2;
    config.schedule.inference_betas = vec![1e-3, 0.05, 0.6];
    let model = checkpoint::load(&run(&config, false, &mut Record::default()).unwrap(), None).unwrap();
    let header = model.header();
    assert_eq!((header.card.name.as_str(), header.card.licence.as_str()), ("Glass", "CC0-1.0"));
    assert_eq!((header.network.training_steps, header.training_betas[19]), (20, 0.2));
    assert_eq!((&header.inference_betas, header.phase), (&config.schedule.inference_betas, config.phase));
}

#[test]
fn a_training_begins_with_the_weights_of_a_model() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut record = Record::default();
    let model = run(&small(first.path()), false, &mut record).unwrap();
    let mut config = small(second.path());
    config.init = Some(model);
    let mut continued = Record::default();
    run(&config, false, &mut continued).unwrap();
    assert!(continued.validations[0] < record.validations[0]);
    config.network.layers = 3;
    config.run = Some(second.path().join("other"));
    let message = run(&config, false, &mut continued).unwrap_err().to_string();
    assert!(message.contains("model.safetensors") && message.contains("residual_layers.3"), "{message}");
}

#[test]
fn a_training_is_not_begun_over_another_or_resumed_from_none() {
    let folder = tempfile::tempdir().unwrap();
    let config = small(folder.path());
    let message = run(&config, true, &mut Record::default()).unwrap_err().to_string();
    assert!(message.contains("state.safetensors"), "{message}");
    let mut short = Record { stop_after: Some(1), ..Record::default() };
    run(&config, false, &mut short).unwrap();
    let message = run(&config, false, &mut Record::default()).unwrap_err().to_string();
    assert!(message.contains("--resume"), "{message}");
}

#[test]
fn a_loss_that_is_no_number_ends_the_run_and_keeps_the_last_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = small(folder.path());
    run(&config, false, &mut Record { stop_after: Some(2), ..Record::default() }).unwrap();
    let state = config.run_folder().join("state.safetensors");
    let before = std::fs::read(&state).unwrap();
    config.training.learning_rate = 1e30;
    config.training.total_steps = 1000;
    let message = run(&config, true, &mut Record::default()).unwrap_err().to_string();
    assert!(message.contains("NaN") && message.contains("state.safetensors"), "{message}");
    assert_eq!(std::fs::read(&state).unwrap(), before);
}

/// A limit on the size of files stands for a full disk: it holds for root too.
#[cfg(all(unix, feature = "cli"))]
#[test]
fn a_checkpoint_that_cannot_be_written_ends_the_run_and_the_last_one_stays() {
    let folder = tempfile::tempdir().unwrap();
    let config = small(folder.path());
    run(&config, false, &mut Record { stop_after: Some(2), ..Record::default() }).unwrap();
    let files = [config.run_folder().join("state.safetensors"), config.model.clone()];
    let before = files.clone().map(|file| std::fs::read(file).unwrap());
    let limited =
        format!("ulimit -f 2000; trap '' XFSZ; exec {} train small.toml --resume", env!("CARGO_BIN_EXE_remel"));
    let mut shell = std::process::Command::new("sh");
    let output = shell.args(["-c", &limited]).current_dir(folder.path()).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    let error = message.lines().find(|line| line.starts_with("remel: ")).unwrap();
    assert!(error.contains("state.safetensors"), "{message}");
    assert_eq!(files.map(|file| std::fs::read(file).unwrap()), before);
}

#[test]
fn a_run_leaves_its_figures_samples_and_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let config = small(folder.path());
    run(&config, false, &mut Record::default()).unwrap();
    let run_folder = config.run_folder();
    let metrics = std::fs::read_to_string(run_folder.join("metrics.csv")).unwrap();
    assert_eq!(metrics.lines().count(), 1 + 8, "{metrics}");
    assert!(metrics.lines().nth(4).is_some_and(|line| line.starts_with("4,") && !line.ends_with(',')));
    for name in ["reference.wav", "sample_00000004.wav", "sample_00000008.png"] {
        assert!(run_folder.join(name).metadata().unwrap().len() > 1000, "{name}");
    }
    let mut names = std::fs::read_dir(&run_folder).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.any(|name| name.to_string_lossy().starts_with("events.out.tfevents")));
}

/// An interrupted `remel train` ends in peace, with a model and a state to go on from.
#[cfg(all(unix, feature = "cli"))]
#[test]
fn an_interrupt_ends_a_training_with_a_checkpoint() {
    use std::process::Command;

    let folder = tempfile::tempdir().unwrap();
    let config = small(folder.path());
    let file = folder.path().join("long.toml");
    let text = std::fs::read_to_string(folder.path().join("small.toml")).unwrap();
    std::fs::write(&file, text.replace("total_steps = 8", "total_steps = 1000000")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_remel")).arg("train").arg(&file).spawn().unwrap();
    let metrics = config.run_folder().join("metrics.csv");
    while std::fs::read_to_string(&metrics).unwrap_or_default().lines().count() < 3 {
        assert!(child.try_wait().unwrap().is_none(), "the training ended by itself");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    let steps = checkpoint::load(&config.model, None).unwrap().header().card.trained_steps;
    assert!(steps >= 2 && config.run_folder().join("state.safetensors").exists());
}
