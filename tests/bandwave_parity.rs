//! BandWave against PyTorch: one call in every instruction set of this machine, its domain, and whole samplings.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

use std::path::{Path, PathBuf};

use remel::audio::read_npy;
use remel::checkpoint::{Bundled, load};
use remel::diffusion::{Denoiser, SamplerKind};
use remel::domain::Fit;
use remel::kernel::InstructionSet;
use remel::mel::{Framing, Mel};
use remel::model::Model;
use remel::network::Backend;
use remel::network::bandwave::cpu::BandWaveCpu;
use remel::render::{Request, ScheduleChoice};
use remel::vocoder::Vocoder;

#[path = "random/mod.rs"]
mod random;

/// Largest difference of one call, relative to the largest value.
const CALL: f32 = 2e-5;
/// The same of a sampling.
const SAMPLING: f32 = 1e-4;

/// The bundled models with their fixtures; frames are centred there.
fn cases() -> impl Iterator<Item = (Model, PathBuf)> {
    Bundled::ALL.into_iter().map(|bundled| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bandwave").join(bundled.name());
        (bundled.model().with_framing(Framing::Centred).unwrap(), folder)
    })
}

fn array(folder: &Path, name: &str) -> Vec<f32> {
    read_npy(&folder.join(name).with_extension("npy")).unwrap().data
}

fn mel(folder: &Path, name: &str) -> Mel {
    let array = read_npy(&folder.join(name).with_extension("npy")).unwrap();
    Mel::from_bands(array.shape[0], &array.data)
}

/// Numbers of unit variance.
fn unit(seed: usize, count: usize) -> Vec<f32> {
    random::numbers(seed, count).iter().map(|number| 3.0_f32.sqrt() * number).collect()
}

#[track_caller]
fn assert_close(what: &str, found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let difference = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / largest;
    println!("{what}: {difference:e}");
    assert!(difference < tolerance && found.iter().all(|v| v.is_finite()), "{what}: {difference:e}");
}

#[test]
fn one_call_agrees_with_pytorch_in_every_instruction_set() {
    for (model, folder) in cases() {
        let (network, dialect) = (model.header().network.bandwave("test").unwrap(), model.dialect().unwrap());
        for set in InstructionSet::available() {
            for threads in [1, 2] {
                let mut denoiser =
                    BandWaveCpu::with_instruction_set(network, model.weights(), dialect, threads, set).unwrap();
                let mut predict = |mel: &Mel, seed, look_ahead, angle| {
                    let x = unit(seed, mel.frames() * network.frame_values());
                    let mut found = vec![f32::NAN; x.len()];
                    denoiser.look_ahead(look_ahead);
                    denoiser.condition(&[mel], x.len()).unwrap();
                    denoiser.predict(&x, angle, &mut found).unwrap();
                    found
                };
                let mel_frames = mel(&folder, "mel");
                let (cases, denoised) = (array(&folder, "cases"), array(&folder, "denoised"));
                let (cases, _) = cases.as_chunks::<2>();
                for ([angle, look_ahead], expected) in
                    cases.iter().zip(denoised.chunks_exact(denoised.len() / cases.len()))
                {
                    let found = predict(&mel_frames, 1, *look_ahead as usize, *angle);
                    let name = &model.header().card.name;
                    assert_close(&format!("{name} {set} {threads} at {angle}"), &found, expected, CALL);
                }
                let (long, expected) = (mel(&folder, "long_mel"), array(&folder, "long_denoised"));
                let found = predict(&long, 2, 3, 0.9);
                assert_close("the end of a long call", &found[found.len() - expected.len()..], &expected, CALL);
            }
        }
    }
}

#[test]
fn spectra_are_fitted_and_whitened_as_in_pytorch() {
    for (model, folder) in cases() {
        let (mel, mut domain) = (mel(&folder, "mel"), model.header().domain());
        let mut x = unit(1, mel.frames() * domain.frame_values());
        for (index, frame) in x.chunks_exact_mut(domain.frame_values()).enumerate() {
            domain.fit(mel.frame(index), Fit { share: 1.0, detail: 1.0 }, frame);
        }
        assert_close("fitted", &x, &array(&folder, "fitted"), CALL);
        let hop = model.dialect().unwrap().hop;
        let audio: Vec<f32> = unit(7, 12 * hop).iter().map(|sample| 0.3 * sample).collect();
        let frames = Mel::from_frames(mel.n_mels(), vec![0.0; 12 * mel.n_mels()]);
        let encoded = domain.encode(&frames, &audio);
        let values = domain.frame_values();
        assert_close("encoded", &encoded[3 * values..8 * values], &array(&folder, "encoded"), CALL);
    }
}

#[test]
fn samplings_agree_with_pytorch() {
    for (model, folder) in cases() {
        let (mel, values) = (mel(&folder, "mel"), model.header().network.layout().values(1));
        let mut vocoder = Vocoder::new(std::sync::Arc::new(model), &Backend::Cpu).unwrap();
        let mut sampled = |steps: usize, request: Request| {
            let noise: Vec<f32> = (0..steps).flat_map(|k| unit(100 + k, mel.frames() * values)).collect();
            let request = Request { schedule: ScheduleChoice::Steps(steps), ..request };
            vocoder.synthesize_with_noise(&mel, &noise, &request).unwrap()
        };
        for look_ahead_frames in [0, 4] {
            let found = sampled(4, Request { look_ahead_frames, ..Request::default() });
            let expected = array(&folder, &format!("sampled_la{look_ahead_frames}"));
            assert_close("sampled", &found, &expected, SAMPLING);
        }
        let deterministic = Request { look_ahead_frames: 2, temperature: 0.8, ..Request::default() };
        let expected = array(&folder, "sampled_eta0");
        let found = sampled(3, Request { eta: 0.0, ..deterministic.clone() });
        assert_close("without fresh noise", &found, &expected, SAMPLING);
        let found = sampled(3, Request { sampler: Some(SamplerKind::Ddim), ..deterministic });
        assert_close("the deterministic sampler", &found, &expected, SAMPLING);
    }
}

#[test]
fn the_references_own_file_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reference.safetensors");
    let bundled = Bundled::Small.model();
    let arguments = r#"{"channels": 64, "layers": 12, "cycle": 4, "look_ahead": 4, "level": 128}"#;
    let tensors = bundled.weights().iter().map(|(name, tensor)| {
        let bytes: Vec<u8> = tensor.data.iter().flat_map(|v| v.to_le_bytes()).collect();
        (name.to_owned(), tensor.shape.clone(), bytes)
    });
    let tensors: Vec<_> = tensors.collect();
    let views = tensors.iter().map(|(name, shape, bytes)| {
        (name, safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.clone(), bytes).unwrap())
    });
    let metadata = std::collections::HashMap::from([("config".to_owned(), arguments.to_owned())]);
    std::fs::write(&path, safetensors::serialize(views, Some(metadata)).unwrap()).unwrap();
    let imported = load(&path, None).unwrap();
    assert_eq!(imported.header().network, bundled.header().network);
    assert_eq!(imported.weights(), bundled.weights());
}
