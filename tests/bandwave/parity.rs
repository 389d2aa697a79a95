//! BandWave against PyTorch: one call in every instruction set of this machine and in burn, its domain, and whole samplings.

use crate::difference::assert_close;
use std::path::{Path, PathBuf};

use remel::audio::read_npy;
use remel::checkpoint::{Bundled, load};
use remel::diffusion::{Denoiser, SamplerKind};
use remel::domain::Fit;
use remel::kernel::InstructionSet;
use remel::mel::{Framing, Mel};
use remel::model::Model;
use remel::network::Backend;
#[cfg(feature = "burn")]
use remel::network::bandwave::burn::BandWaveBurn;
use remel::network::bandwave::cpu::BandWaveCpu;
use remel::render::{Request, ScheduleChoice};
use remel::vocoder::Vocoder;

/// Largest difference of one call, relative to the largest value.
const CALL: f32 = 2e-5;
/// The same of a sampling.
const SAMPLING: f32 = 1e-4;
/// The same of either on a GPU.
#[cfg(feature = "gpu")]
const GPU: f32 = 1e-3;

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
    crate::random::numbers(seed, count).iter().map(|number| 3.0_f32.sqrt() * number).collect()
}

/// Holds a network's calls against the fixtures in `folder`.
fn hold_calls(what: &str, model: &Model, folder: &Path, denoiser: &mut dyn Denoiser, tolerance: f32) {
    let values = model.header().network.layout().values(1);
    let mut predict = |mel: &Mel, seed, look_ahead, angle| {
        let x = unit(seed, mel.frames() * values);
        let mut found = vec![f32::NAN; x.len()];
        denoiser.look_ahead(look_ahead);
        denoiser.condition(&[mel], x.len()).unwrap();
        denoiser.predict(&x, angle, &mut found).unwrap();
        found
    };
    let mel_frames = mel(folder, "mel");
    let (cases, denoised) = (array(folder, "cases"), array(folder, "denoised"));
    let (cases, _) = cases.as_chunks::<2>();
    for ([angle, look_ahead], expected) in cases.iter().zip(denoised.chunks_exact(denoised.len() / cases.len()))
    {
        let found = predict(&mel_frames, 1, *look_ahead as usize, *angle);
        let name = &model.header().card.name;
        assert_close(&format!("{name} {what} at {angle}"), &found, expected, tolerance);
    }
    let (long, expected) = (mel(folder, "long_mel"), array(folder, "long_denoised"));
    let found = predict(&long, 2, 3, 0.9);
    assert_close("the end of a long call", &found[found.len() - expected.len()..], &expected, tolerance);
}

#[test]
fn one_call_agrees_with_pytorch_in_every_instruction_set() {
    for (model, folder) in cases() {
        let (network, dialect) = (model.header().network.bandwave("test").unwrap(), model.dialect().unwrap());
        for set in InstructionSet::available() {
            for threads in [1, 2] {
                let mut denoiser =
                    BandWaveCpu::with_instruction_set(network, model.weights(), dialect, threads, set).unwrap();
                hold_calls(&format!("{set} {threads}"), &model, &folder, &mut denoiser, CALL);
            }
        }
    }
}

/// The network of `model` in burn.
#[cfg(feature = "burn")]
fn in_burn(model: &Model) -> BandWaveBurn {
    let (network, dialect) = (model.header().network.bandwave("test").unwrap(), model.dialect().unwrap());
    BandWaveBurn::new(network, model.weights(), dialect, &Backend::Cpu).unwrap()
}

#[cfg(feature = "burn")]
#[test]
fn calls_and_samplings_agree_with_pytorch_in_burn() {
    for (model, folder) in cases() {
        hold_calls("burn", &model, &folder, &mut in_burn(&model), CALL);
        let denoiser = Box::new(in_burn(&model));
        hold_sampling(Vocoder::with_denoiser(model.into(), denoiser).unwrap(), &folder, SAMPLING);
    }
}

#[cfg(feature = "gpu")]
#[test]
fn calls_and_samplings_agree_with_pytorch_on_the_gpu() {
    use remel::network::bandwave::gpu::BandWaveGpu;

    let test = "calls_and_samplings_agree_with_pytorch_on_the_gpu";
    let Some(Backend::Gpu(gpu)) = crate::device::first_gpu(test) else { return };
    for (model, folder) in cases() {
        let (network, dialect) = (model.header().network.bandwave("test").unwrap(), model.dialect().unwrap());
        let mut denoiser = BandWaveGpu::new(network, model.weights(), dialect, &gpu).unwrap();
        hold_calls("GPU", &model, &folder, &mut denoiser, GPU);
        hold_sampling(Vocoder::new(model.into(), &Backend::Gpu(gpu.clone())).unwrap(), &folder, GPU);
    }
}

/// Two windows, each of which goes on in a second call where its first one ended.
#[cfg(feature = "burn")]
#[test]
fn a_call_in_two_parts_is_the_whole_in_burn() {
    use remel::diffusion::{CausalDenoiser, History};

    let (model, folder) = cases().next().unwrap();
    let values = model.header().network.layout().values(1);
    let (one, mut denoiser) = (mel(&folder, "long_mel"), in_burn(&model));
    let other = Mel::from_frames(one.n_mels(), one.as_frames().iter().map(|value| value - 1.0).collect());
    let (mels, frames, first) = ([&one, &other], one.frames(), one.frames() / 3);
    let x = [unit(3, frames * values), unit(4, frames * values)];
    let mut whole = vec![f32::NAN; 2 * frames * values];
    denoiser.condition(&mels, frames * values).unwrap();
    denoiser.predict(&x.concat(), 0.9, &mut whole).unwrap();
    let mut histories = vec![denoiser.new_history(); 2];
    let mut parts = [Vec::new(), Vec::new()];
    for range in [0..first * values, first * values..frames * values] {
        denoiser.condition_after(&mels, range.start, range.len()).unwrap();
        let mut kept: Vec<&mut History> = histories.iter_mut().collect();
        let mut found = vec![f32::NAN; 2 * range.len()];
        let x: Vec<f32> = x.iter().flat_map(|x| &x[range.clone()]).copied().collect();
        denoiser.predict_after(&x, 0.9, &mut found, &mut kept).unwrap();
        parts.iter_mut().zip(found.chunks_exact(range.len())).for_each(|(part, found)| part.extend(found));
    }
    // What a part knows of the mels ahead is what the whole does.
    assert_close("in two parts", &parts.concat(), &whole, 1e-5);
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

/// Holds whole samplings of `vocoder` against the fixtures in `folder`.
fn hold_sampling(mut vocoder: Vocoder, folder: &Path, tolerance: f32) {
    let (mel, values) = (mel(folder, "mel"), vocoder.model().header().network.layout().values(1));
    let mut sampled = |steps: usize, request: Request| {
        let noise: Vec<f32> = (0..steps).flat_map(|k| unit(100 + k, mel.frames() * values)).collect();
        let request = Request { schedule: ScheduleChoice::Steps(steps), ..request };
        vocoder.synthesize_with_noise(&mel, &noise, &request).unwrap()
    };
    for look_ahead_frames in [0, 4] {
        let found = sampled(4, Request { look_ahead_frames, ..Request::default() });
        let expected = array(folder, &format!("sampled_la{look_ahead_frames}"));
        assert_close("sampled", &found, &expected, tolerance);
    }
    let deterministic = Request { look_ahead_frames: 2, temperature: 0.8, ..Request::default() };
    let expected = array(folder, "sampled_eta0");
    let found = sampled(3, Request { eta: 0.0, ..deterministic.clone() });
    assert_close("without fresh noise", &found, &expected, tolerance);
    let found = sampled(3, Request { sampler: Some(SamplerKind::Ddim), ..deterministic });
    assert_close("the deterministic sampler", &found, &expected, tolerance);
}

#[test]
fn samplings_agree_with_pytorch() {
    for (model, folder) in cases() {
        hold_sampling(Vocoder::new(model.into(), &Backend::Cpu).unwrap(), &folder, SAMPLING);
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
