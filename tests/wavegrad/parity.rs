//! WaveGrad held against PyTorch's own numbers (`tests/fixtures/wavegrad`, made by `make.py` there).

use crate::difference::assert_close;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use remel::audio::read_npy;
use remel::checkpoint::{self, Arguments, Family, ImportOptions};
use remel::mel::Mel;
use remel::model::Model;
use remel::network::Backend;
#[cfg(feature = "burn")]
use remel::network::{Network, wavegrad::burn::WaveGradBurn};
use remel::render::{Request, ScheduleChoice};
use remel::vocoder::Vocoder;

/// Every checkpoint.
const CHECKPOINTS: [&str; 4] =
    ["lmnt_300/weights.pt", "lmnt_30/weights.pt", "ivanvovk_300/model.safetensors", "ivanvovk_8/checkpoint.pt"];
/// The folders with samplings.
const SAMPLED: [&str; 2] = ["lmnt_30/weights.pt", "ivanvovk_8/checkpoint.pt"];

const TOLERANCE: f32 = 1e-4;
#[cfg(feature = "gpu")]
const GPU_TOLERANCE: f32 = 2e-3;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/wavegrad")
}

fn options(file: &str) -> ImportOptions {
    let config = fixtures().join(file).with_file_name("config.json");
    let arguments = Some(Arguments::read(&config).unwrap());
    ImportOptions { family: Some(Family::WaveGrad), arguments, ..ImportOptions::default() }
}

fn imported(file: &str, options: &ImportOptions) -> (Model, String) {
    let (model, assumed) = checkpoint::open(&fixtures().join(file)).unwrap().import(options).unwrap();
    (model, assumed.join("; "))
}

fn array(file: &str, name: &str) -> Vec<f32> {
    read_npy(&fixtures().join(file).with_file_name(name)).unwrap().data
}

fn mel(file: &str) -> Mel {
    Mel::from_bands(6, &array(file, "mel.npy"))
}

fn hold_predictions(place: &dyn Fn(Arc<Model>) -> Vocoder, tolerance: f32) {
    for file in CHECKPOINTS {
        let model = Arc::new(imported(file, &options(file)).0);
        let mut vocoder = place(model);
        let (x, eps, mel) = (array(file, "x.npy"), array(file, "eps.npy"), mel(file));
        for (level, theirs) in array(file, "levels.npy").iter().zip(eps.chunks_exact(x.len())) {
            let ours = vocoder.denoise(&x, *level, &mel, None, 0).unwrap();
            assert_close(&format!("{file} at level {level}"), &ours, theirs, tolerance);
        }
    }
}

fn hold_samplings(place: &dyn Fn(Arc<Model>) -> Vocoder, tolerance: f32) {
    for file in SAMPLED {
        let model = Arc::new(imported(file, &options(file)).0);
        let (noise, audio) = (array(file, "noise.npy"), array(file, "audio.npy"));
        let mut vocoder = place(model);
        let betas = [7e-6, 1.4e-4, 2.1e-3, 2.8e-2, 0.35, 0.7];
        for schedule in [ScheduleChoice::Fast, ScheduleChoice::Betas(betas.to_vec().into())] {
            let request = Request { schedule, ..Request::default() };
            let ours = vocoder.synthesize_with_noise(&mel(file), &noise, &request).unwrap();
            assert_close(&format!("{file}, sampled"), &ours, &audio, tolerance);
        }
    }
}

#[test]
fn predictions_agree_with_pytorch_on_the_cpu() {
    hold_predictions(&|model| Vocoder::new(model, &Backend::Cpu).unwrap(), TOLERANCE);
}

#[test]
fn samplings_agree_with_their_sources() {
    hold_samplings(&|model| Vocoder::new(model, &Backend::Cpu).unwrap(), TOLERANCE);
}

/// burn, on the CPU.
#[cfg(feature = "burn")]
fn in_burn(model: Arc<Model>) -> Vocoder {
    let Network::WaveGrad(config) = &model.header().network else { panic!("a WaveGrad") };
    let denoiser = WaveGradBurn::new(config, model.weights(), &Backend::Cpu).unwrap();
    Vocoder::with_denoiser(model, Box::new(denoiser)).unwrap()
}

#[cfg(feature = "burn")]
#[test]
fn predictions_and_samplings_agree_in_burn() {
    hold_predictions(&in_burn, TOLERANCE);
    hold_samplings(&in_burn, TOLERANCE);
}

#[cfg(feature = "gpu")]
#[test]
fn predictions_and_samplings_agree_on_the_gpu() {
    let Some(gpu) = crate::device::first_gpu("predictions_and_samplings_agree_on_the_gpu") else { return };
    hold_predictions(&|model| Vocoder::new(model, &gpu).unwrap(), GPU_TOLERANCE);
    hold_samplings(&|model| Vocoder::new(model, &gpu).unwrap(), GPU_TOLERANCE);
}

#[test]
fn what_tensors_and_arguments_do_not_say_is_assumed_or_asked_for() {
    let (model, assumed) = imported("lmnt_30/weights.pt", &options("lmnt_30/weights.pt"));
    assert_eq!(assumed, "the usual schedule of six iterations (--inference-schedule)");
    let header = model.header();
    let dialect = header.dialect.as_ref().unwrap();
    assert_eq!((dialect.hop, dialect.win, dialect.n_fft, dialect.n_mels), (30, 120, 128, 6));
    assert_eq!((header.training_betas.len(), header.card.trained_steps), (1000, 1002));

    // As many stages as the base network has, but fewer channels.
    let (model, assumed) = imported("ivanvovk_300/model.safetensors", &ImportOptions::default());
    for part in ["factors and dilations", "22050 Hz", "ivanvovk-wavegrad", "schedule of 1000 steps"] {
        assert!(assumed.contains(part), "{assumed}");
    }
    assert_eq!(model.dialect().unwrap().fmin_hz, 80.0);

    let path = fixtures().join("ivanvovk_8/checkpoint.pt");
    let message = checkpoint::load(&path, None).unwrap_err().to_string();
    assert!(
        message.contains("checkpoint.pt: --config: found none") && message.contains("factors"),
        "{message}"
    );
}

#[test]
fn arguments_that_the_tensors_contradict_are_refused_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("arguments.json");
    let refused = |file: &str, text: &str| {
        std::fs::write(&path, text).unwrap();
        let arguments = Arguments::read(&path)?;
        let options = ImportOptions { arguments: Some(arguments), ..ImportOptions::default() };
        checkpoint::open(&fixtures().join(file))?.import(&options).map(|_| ())
    };
    let good = r#""factors": [4, 1, 2], "upsampling_dilations": [[1, 3, 1, 2], [3, 1, 2, 1], [1, 2, 5, 3]]"#;
    let down = r#""downsampling_dilations": [[1], [2, 1, 3, 1]]"#;
    for (text, expected) in [
        ("[]".to_owned(), "root: found no object, expected a JSON object"),
        ("{".to_owned(), "root: found EOF"),
        (format!("{{{good}, {down}, \"n_mels\": 7}}"), "n_mels: found 7, expected 6, as its tensors have it"),
        (format!("{{{good}, {down}, \"factors\": 3}}"), "factors: found 3, expected a list of whole numbers"),
        (
            format!("{{{good}, \"downsampling_dilations\": [[1], [2]]}}"),
            "downsampling_dilations: found [1, 1] convolutions, expected [1, 4], as its tensors have it",
        ),
        (
            format!("{{{good}, {down}, \"hop_length\": 9}}"),
            "hop: found 9, expected 8, the product of its factors",
        ),
        (format!("{{{good}}}"), "--config: found none, or not all of them"),
        (
            format!("{{{down}, \"factors\": [4, 2], \"upsampling_dilations\": [[1, 1, 1, 1]]}}"),
            "network.up_channels: found 3 of them, expected 2, as there are 2 factors",
        ),
    ] {
        let message = refused("ivanvovk_8/checkpoint.pt", &text).unwrap_err().to_string();
        assert!(message.contains(expected) && !message.contains('\n'), "{text}: {message}");
    }
    let message = refused("../diffwave/lmnt_8x4x2/weights.pt", "{}").unwrap_err().to_string();
    assert!(message.contains("arguments.json: network: found diffwave, expected none"), "{message}");
}

#[test]
fn another_family_than_the_files_is_refused() {
    let options = ImportOptions { family: Some(Family::WaveGrad), ..ImportOptions::default() };
    let path = fixtures().join("../diffwave/lmnt_8x4x2/weights.pt");
    let message = checkpoint::open(&path).unwrap().import(&options).unwrap_err().to_string();
    assert!(message.contains("tensor names") && message.contains("expected WaveGrad's"), "{message}");
}

#[test]
fn a_saved_model_is_the_model() {
    let folder = tempfile::tempdir().unwrap();
    for file in CHECKPOINTS {
        let (model, path) = (imported(file, &options(file)).0, folder.path().join("model.safetensors"));
        checkpoint::save(&model, &path).unwrap();
        let loaded = checkpoint::load(&path, None).unwrap();
        assert_eq!(loaded.weights(), model.weights());
        assert_eq!(loaded.header().network, model.header().network);
        assert_eq!(loaded.header().clamp, model.header().clamp);
    }
}
