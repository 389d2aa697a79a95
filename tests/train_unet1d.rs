//! UNet1d in training: its losses and their gradients are audio-diffusion-pytorch 0.0.60's own (`tests/fixtures/unet1d`), and it
//! learns.
#![cfg(feature = "train")]
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

#[expect(dead_code, reason = "DiffWave's trainings are made elsewhere")]
mod training;
mod unet1d;

use burn::tensor::{Device, Tensor, TensorData};
use remel::checkpoint;
use remel::diffusion::Preconditioning;
use remel::network::{Backend, NetworkConfig};
use remel::render::Request;
use remel::train::config::{NetworkConfig as Configured, TrainConfig};
use remel::train::{Differentiable, SigmaLoss, flattened, run};
use remel::vocoder::Vocoder;
use training::Record;
use unet1d::{cases, values, weights};

/// The σ of both signals.
const SIGMAS: [f64; 2] = [0.3, 1.7];

/// Signals or noise of two windows, `[2, 1, samples]`.
fn windows(name: &str, samples: usize, scale: f32) -> Tensor<3> {
    let values: Vec<f32> = values(name, 2 * samples).iter().map(|value| scale * value).collect();
    Tensor::from_data(TensorData::new(values, [2, 1, samples]), &Device::flex())
}

#[test]
fn losses_and_gradients_are_those_of_pytorch() {
    let all = cases();
    let case = all.iter().find(|case| case.name == "small").unwrap();
    let (config, losses, lengths) = (case.config(), case.array("losses"), case.array("gradients"));
    let parameters = flattened(&config, &weights(&config));
    let parameters = Tensor::<1>::from_data(parameters.as_slice(), &Device::flex());
    let k = |dynamic_threshold| Preconditioning::K { sigma_data: 0.5, dynamic_threshold };
    for (index, preconditioning) in [k(0.0), k(0.9), Preconditioning::V].into_iter().enumerate() {
        let differentiable = Differentiable::unet1d(&config, &parameters);
        let (signals, noise) = (windows("signals", case.samples, 2.0), windows("noise", case.samples, 4.0));
        let loss = SigmaLoss::new(preconditioning).of(&differentiable.network, signals, noise, &SIGMAS);
        let gradient = differentiable.gradient(&loss);
        let (found, expected) = (loss.into_scalar::<f32>(), losses[index]);
        assert!((found / expected - 1.0).abs() < 1e-4, "{preconditioning:?}: {found}, not {expected}");
        if index == 1 {
            // There the scale is a constant here, and has a gradient in PyTorch.
            continue;
        }
        let gradient = gradient.into_data().try_to_vec::<f32>().unwrap();
        let mut rest = gradient.as_slice();
        let mut found = Vec::new();
        for (name, shape) in NetworkConfig::tensors(&config) {
            let (of_tensor, after) = rest.split_at(shape.iter().product());
            found.push((name, of_tensor.iter().map(|value| value * value).sum::<f32>().sqrt()));
            rest = after;
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let theirs = &lengths[index / 2 * found.len()..][..found.len()];
        let largest = theirs.iter().fold(0.0_f32, |largest, length| largest.max(*length));
        for ((name, length), expected) in found.iter().zip(theirs) {
            let close = (length - expected).abs() < 1e-3 * expected + 1e-5 * largest;
            assert!(close, "{preconditioning:?}: the gradient of {name} has length {length}, not {expected}");
        }
    }
}

/// A training of a small network on generated sounds.
fn config(folder: &std::path::Path, diffusion: &str) -> TrainConfig {
    let text = format!(
        "model = 'model.safetensors'\n[data]\nsource = 'additive'\n[network]\nkind = 'unet1d'\nrate_hz = 8000\n\
         diffusion = {diffusion}\nsigma_mean = -1.5\n[network.arguments]\nin_channels = 1\nchannels = 8\npatch_factor = 4\n\
         multipliers = [1, 2]\nfactors = [4]\nnum_blocks = [1]\nattentions = [0]\nresnet_groups = 4\n[training]\nbatch = 4\n\
         crop_frames = 64\ntotal_steps = 24\nwarmup_steps = 4\nlearning_rate = 0.01\nema = 0.5\nvalidate_steps = 8\n"
    );
    let path = folder.join("unet1d.toml");
    std::fs::write(&path, text).unwrap();
    TrainConfig::read(&path).unwrap()
}

#[test]
fn a_network_learns_along_either_diffusion_and_makes_sound() {
    for diffusion in ["{ kind = 'v' }", "{ kind = 'k', sigma_data = 0.2 }"] {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), diffusion);
        assert!(matches!(config.network, Configured::UNet1d(_)));
        let mut record = Record::default();
        run(&config, false, &mut record).unwrap();
        let [first, .., last] = record.validations[..] else { panic!("validated every eighth step") };
        assert!(last < 0.95 * first, "{diffusion}: validation loss {first}, then {last}");
        let model = std::sync::Arc::new(checkpoint::load(&config.model, None).unwrap());
        assert_eq!(model.header().rate_hz, 8000);
        let mut vocoder = Vocoder::new(model, &Backend::Cpu).unwrap();
        // A length that the factors do not divide.
        let sound = vocoder.generate(1003, &Request::default(), &mut |_, _| ()).unwrap();
        assert!(sound.len() == 1003 && sound.iter().all(|x| x.abs() <= 1.0) && sound.iter().any(|x| *x != 0.0));
    }
}

#[test]
fn what_cannot_be_trained_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.toml");
    let refusal = |network: &str, training: &str| {
        let text = format!(
            "model = 'model.safetensors'\n[training]\n{training}\n[data]\nsource = 'additive'\n[network]\nkind = 'unet1d'\n{network}"
        );
        std::fs::write(&path, text).unwrap();
        let message = TrainConfig::read(&path).unwrap_err().to_string();
        assert!(!message.contains('\n'), "{message}");
        message
    };
    let none = refusal("", "");
    assert!(none.contains("network.arguments: found none"), "{none}");
    let foreign = refusal("layers = 3\narguments = { in_channels = 1 }", "");
    assert!(foreign.contains("network.layers: found one, expected none"), "{foreign}");
    let stereo = refusal("arguments = { in_channels = 2 }", "");
    assert!(stereo.contains("network.arguments: found another, expected one channel"), "{stereo}");
    let objective = refusal("arguments = { in_channels = 1 }", "spectral_weight = 0.5");
    assert!(objective.contains("training: found something"), "{objective}");
}
