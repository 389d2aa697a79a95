//! Networks and samplings held against PyTorch's own numbers (`tests/fixtures/diffwave`, made by `make.py` there).

use crate::difference::assert_within;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use remel::audio::read_npy;
use remel::checkpoint;
use remel::domain::Prior;
use remel::mel::Mel;
use remel::model::Model;
#[cfg(feature = "burn")]
use remel::network::diffwave::burn::DiffWaveBurn;
use remel::network::diffwave::embedding_row;
use remel::network::{Backend, DiffWaveConfig};
use remel::render::{Request, ScheduleChoice};
use remel::vocoder::Vocoder;

/// Every checkpoint file that has predictions to agree with.
const CHECKPOINTS: [&str; 11] = [
    "lmnt_8x4x2/weights.pt",
    "lmnt_8x4x2/bare.pt",
    "lmnt_8x4x2/legacy.pt",
    "lmnt_8x4x2/weights.safetensors",
    "lmnt_16x6x3/weights.pt",
    "lmnt_64x3x3/weights.pt",
    "lmnt_unconditional_12x5x5/weights.pt",
    "causal_prior_8x4x4/weights.pt",
    "seed000_8x6x2/bare.pt",
    "seed000_8x6x2/prefixed.pt",
    "seed000_unconditional_8x6x2/bare.pt",
];

/// The ones with samplings along the fast schedule.
const SAMPLED: [&str; 5] =
    ["lmnt_8x4x2", "lmnt_16x6x3", "lmnt_64x3x3", "lmnt_unconditional_12x5x5", "causal_prior_8x4x4"];

const CPU_TOLERANCE: f32 = 1e-4;
#[cfg(feature = "gpu")]
const GPU_TOLERANCE: f32 = 2e-3;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diffwave")
}

fn array(folder: &Path, name: &str) -> Vec<f32> {
    read_npy(&folder.join(name)).unwrap().data
}

fn model(file: &str) -> Arc<Model> {
    let mut model = checkpoint::load(&fixtures().join(file), None).unwrap();
    // A bare state dict does not say its dilation cycle: the published default stands in for the fixture's 2.
    if file.ends_with("bare.pt") && file.starts_with("lmnt") || file.ends_with(".safetensors") {
        let mut header = model.header().clone();
        let network = header.network.diffwave("test").unwrap().clone();
        assert_eq!(network.dilation_cycle, 10);
        header.network = DiffWaveConfig { dilation_cycle: 2, ..network }.into();
        model = Model::new(file, header, model.weights().clone()).unwrap();
    }
    Arc::new(model)
}

fn mel(folder: &Path, model: &Model) -> Mel {
    let Some(n_mels) = model.header().network.diffwave("test").unwrap().n_mels else { return Mel::default() };
    let array = read_npy(&folder.join("mel.npy")).unwrap();
    Mel::from_bands(n_mels, &array.data)
}

/// Makes a vocoder that renders in one of our ways.
type Place<'a> = &'a dyn Fn(&Arc<Model>) -> Vocoder;

/// The CPU engine.
fn on_the_engine(model: &Arc<Model>) -> Vocoder {
    Vocoder::new(Arc::clone(model), &Backend::Cpu).unwrap()
}

/// burn, on the CPU.
#[cfg(feature = "burn")]
fn in_burn(model: &Arc<Model>) -> Vocoder {
    let denoiser =
        DiffWaveBurn::new(model.header().network.diffwave("test").unwrap(), model.weights(), &Backend::Cpu)
            .unwrap();
    Vocoder::with_denoiser(Arc::clone(model), Box::new(denoiser)).unwrap()
}

fn hold_predictions(place: Place, tolerance: f32, files: &[&str]) {
    for file in files {
        let path = fixtures().join(file);
        let folder = path.parent().unwrap();
        let model = model(file);
        let mut vocoder = place(&model);
        let (x, levels, eps) = (array(folder, "x.npy"), array(folder, "levels.npy"), array(folder, "eps.npy"));
        let mel = mel(folder, &model);
        for (level, theirs) in levels.iter().zip(eps.chunks_exact(x.len())) {
            let ours = vocoder.denoise(&x, *level, &mel, None, 0).unwrap();
            assert_within(&format!("{file} at level {level}"), &ours, theirs, tolerance);
        }
    }
}

fn hold_sampling(place: Place, tolerance: f32, folder: &str, schedule: ScheduleChoice, name: &str) {
    let model = model(&format!("{folder}/weights.pt"));
    let path = fixtures().join(folder);
    let (noise, audio) =
        (array(&path, &format!("noise_{name}.npy")), array(&path, &format!("audio_{name}.npy")));
    let mut mel = mel(&path, &model);
    if mel.frames() > 0 {
        mel = mel.slice(0..audio.len() / 256);
    }
    let mut vocoder = place(&model);
    let request = Request { schedule, ..Request::default() };
    let ours = vocoder.synthesize_with_noise(&mel, &noise, &request).unwrap();
    assert_within(&format!("{folder}, {name} schedule"), &ours, &audio, tolerance);
}

#[test]
fn predictions_agree_with_pytorch_on_the_cpu() {
    hold_predictions(&on_the_engine, CPU_TOLERANCE, &CHECKPOINTS);
}

#[cfg(feature = "burn")]
#[test]
fn predictions_agree_with_pytorch_in_burn() {
    hold_predictions(&in_burn, CPU_TOLERANCE, &CHECKPOINTS);
}

#[test]
fn fast_samplings_agree_with_lmnts_predict() {
    for folder in SAMPLED {
        hold_sampling(&on_the_engine, CPU_TOLERANCE, folder, ScheduleChoice::Fast, "fast");
    }
}

#[cfg(feature = "burn")]
#[test]
fn fast_samplings_agree_with_lmnts_predict_in_burn() {
    for folder in SAMPLED {
        hold_sampling(&in_burn, CPU_TOLERANCE, folder, ScheduleChoice::Fast, "fast");
    }
}

#[test]
fn full_samplings_agree_with_lmnts_predict() {
    hold_sampling(&on_the_engine, CPU_TOLERANCE, "lmnt_8x4x2", ScheduleChoice::Full, "full");
}

#[cfg(feature = "gpu")]
#[test]
fn predictions_and_samplings_agree_with_pytorch_on_the_gpu() {
    let Some(gpu) = crate::device::first_gpu("predictions_and_samplings_agree_with_pytorch_on_the_gpu") else {
        return;
    };
    let on_gpu = |model: &Arc<Model>| Vocoder::new(Arc::clone(model), &gpu).unwrap();
    hold_predictions(&on_gpu, GPU_TOLERANCE, &CHECKPOINTS);
    for folder in SAMPLED {
        hold_sampling(&on_gpu, GPU_TOLERANCE, folder, ScheduleChoice::Fast, "fast");
    }
}

#[test]
fn the_step_table_is_pytorchs_own() {
    let rows = array(&fixtures().join("lmnt_embedding"), "rows.npy");
    let config = model("lmnt_8x4x2/weights.pt").header().network.diffwave("test").unwrap().clone();
    for (level, theirs) in [0.0, 1.0, 49.0, 7.3].into_iter().zip(rows.chunks_exact(128)) {
        assert_within(&format!("row {level}"), &embedding_row(&config, level), theirs, 1e-6);
    }
}

#[test]
fn the_energy_prior_is_the_recipes() {
    let path = fixtures().join("causal_prior_8x4x4");
    let model = model("causal_prior_8x4x4/weights.pt");
    let Some(Prior::Energy(prior)) = model.header().prior else { panic!("trained with the energy prior") };
    let std = prior.std(&mel(&path, &model), model.dialect().unwrap());
    assert_within("std", &std, &array(&path, "prior_std.npy"), 1e-6);
}

#[test]
fn the_models_own_temperature_scales_what_is_asked_for() {
    let model = model("causal_prior_8x4x4/weights.pt");
    let cooler = Arc::new(Model::clone(&model).with_temperature(0.5).unwrap());
    let mel = mel(&fixtures().join("causal_prior_8x4x4"), &model);
    let render = |model: &Arc<Model>, temperature| {
        let request = Request { temperature, ..Request::default() };
        on_the_engine(model).synthesize(&mel, &[], &request, &mut |_, _| ()).unwrap()
    };
    assert_eq!(render(&cooler, 1.0), render(&model, 0.5));
    assert_ne!(render(&cooler, 1.0), render(&model, 1.0));
}

#[test]
fn a_saved_model_is_the_model() {
    let folder = tempfile::tempdir().unwrap();
    for file in ["lmnt_16x6x3/weights.pt", "causal_prior_8x4x4/weights.pt", "seed000_8x6x2/bare.pt"] {
        let model = model(file);
        let path = folder.path().join("model.safetensors");
        checkpoint::save(&model, &path).unwrap();
        let loaded = checkpoint::load(&path, None).unwrap();
        assert_eq!(loaded.weights(), model.weights());
        // JSON may round a β in its last bit; everything else is equal as it is.
        let mut header = loaded.header().clone();
        let pairs = header.training_betas.iter().zip(&model.header().training_betas);
        assert!(pairs.map(|(a, b)| (a - b).abs()).all(|off| off < 1e-15));
        header.training_betas = model.header().training_betas.clone();
        assert_eq!(header, *model.header());
    }
}
