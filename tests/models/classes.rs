//! Class-conditional DiffWave (paper, section 5.3): labels held against PyTorch's own numbers
//! (`tests/fixtures/diffwave/classes_*`), and what becomes of them in model files and renders.

use crate::difference::assert_within;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use remel::audio::read_npy;
use remel::checkpoint;
use remel::diffusion::{Denoiser, Guided};
use remel::kernel::InstructionSet;
use remel::mel::Mel;
use remel::model::{Model, ModelHeader};
#[cfg(feature = "burn")]
use remel::network::diffwave::burn::DiffWaveBurn;
use remel::network::diffwave::cpu::DiffWaveCpu;
use remel::network::{Backend, DiffWaveConfig, Tensor, Weights};
use remel::render::{Request, SpanPlan};
use remel::vocoder::Vocoder;

use crate::live::live;

/// Without mel, of three classes; and with mel, causal, of two.
const FIXTURES: [&str; 2] = ["classes_8x4x2", "classes_mel_12x4x4"];
const TOLERANCE: f32 = 1e-4;

fn folder(fixture: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diffwave").join(fixture)
}

fn array(fixture: &str, name: &str) -> Vec<f32> {
    read_npy(&folder(fixture).join(name)).unwrap().data
}

fn model(fixture: &str) -> Model {
    checkpoint::load(&folder(fixture).join("weights.pt"), None).unwrap()
}

fn mel(fixture: &str) -> Mel {
    match model(fixture).header().network.diffwave("test").unwrap().n_mels {
        Some(n_mels) => Mel::from_bands(n_mels, &array(fixture, "mel.npy")),
        None => Mel::default(),
    }
}

/// The network in all our ways: in every instruction set, with conditioners kept and not kept, and in burn.
fn denoisers(model: &Model) -> Vec<(String, Box<dyn Denoiser>)> {
    let (network, weights) = (model.header().network.diffwave("test").unwrap(), model.weights());
    let mut all: Vec<(String, Box<dyn Denoiser>)> = Vec::new();
    #[cfg(feature = "burn")]
    all.push(("burn".into(), Box::new(DiffWaveBurn::new(network, weights, &Backend::Cpu).unwrap())));
    for set in InstructionSet::available() {
        for bytes in [1 << 20, 0] {
            let engine = DiffWaveCpu::with_instruction_set(network, weights, 2, set).unwrap();
            all.push((format!("{set}, {bytes} bytes"), Box::new(engine.with_conditioner_bytes(bytes))));
        }
    }
    all
}

/// Every class and the null label.
fn labels(model: &Model) -> Vec<Option<usize>> {
    (0..model.header().classes.len()).map(Some).chain([None]).collect()
}

/// All labels side by side: every window of the batch has another one.
#[test]
fn predictions_of_every_class_agree_with_pytorch() {
    for fixture in FIXTURES {
        let (model, mel, x) = (model(fixture), mel(fixture), array(fixture, "x.npy"));
        let (levels, eps) = (array(fixture, "levels.npy"), array(fixture, "eps.npy"));
        let labels = labels(&model);
        for (name, mut denoiser) in denoisers(&model) {
            denoiser.label(&labels).unwrap();
            denoiser.condition(&vec![&mel; labels.len()], x.len()).unwrap();
            for (row, level) in levels.iter().enumerate() {
                let mut ours = vec![f32::NAN; labels.len() * x.len()];
                denoiser.predict(&x.repeat(labels.len()), *level, &mut ours).unwrap();
                for (class, ours) in ours.chunks_exact(x.len()).enumerate() {
                    let theirs = &eps[(class * levels.len() + row) * x.len()..][..x.len()];
                    assert_within(
                        &format!("{fixture}, {name}, class {class}, level {level}"),
                        ours,
                        theirs,
                        TOLERANCE,
                    );
                }
            }
        }
    }
}

#[test]
fn samplings_of_a_class_agree_with_pytorch() {
    for fixture in FIXTURES {
        let model = Arc::new(model(fixture));
        let class = model.header().classes.len() - 1;
        let request = Request { class: Some(class), ..Request::default() };
        for (name, denoiser) in denoisers(&model) {
            let mut vocoder = Vocoder::with_denoiser(Arc::clone(&model), denoiser).unwrap();
            let noise = array(fixture, "noise_fast.npy");
            let ours = vocoder.synthesize_with_noise(&mel(fixture), &noise, &request).unwrap();
            assert_within(&format!("{fixture}, {name}"), &ours, &array(fixture, "audio_fast.npy"), TOLERANCE);
        }
    }
}

/// ε_null + scale·(ε_label − ε_null), for two windows of different classes at once.
#[test]
fn guidance_goes_beyond_what_the_label_changes() {
    for fixture in FIXTURES {
        let (model, mel, x) = (model(fixture), mel(fixture), array(fixture, "x.npy"));
        let (levels, eps) = (array(fixture, "levels.npy"), array(fixture, "eps.npy"));
        let of = |label: usize| &eps[label * levels.len() * x.len()..][..x.len()];
        let null = of(labels(&model).len() - 1);
        for (name, mut denoiser) in denoisers(&model) {
            let mut guided = Guided::new(denoiser.as_mut(), 2.5);
            guided.label(&[Some(1), Some(0)]).unwrap();
            guided.condition(&[&mel, &mel], x.len()).unwrap();
            let mut ours = vec![f32::NAN; 2 * x.len()];
            guided.predict(&x.repeat(2), levels[0], &mut ours).unwrap();
            for (ours, label) in ours.chunks_exact(x.len()).zip([1, 0]) {
                let expected = of(label).iter().zip(null).map(|(label, null)| null + 2.5 * (label - null));
                assert_within(&format!("{fixture}, {name}"), ours, &expected.collect::<Vec<_>>(), TOLERANCE);
            }
        }
    }
}

/// Windows that are long go through the engine in parts, and each part has its window's label.
#[cfg(feature = "burn")]
#[test]
fn long_windows_keep_their_labels() {
    let model = model(FIXTURES[0]);
    let (network, weights) = (model.header().network.diffwave("test").unwrap(), model.weights());
    let samples = 16_500;
    let x: Vec<f32> = (0..2 * samples).map(|n| (n as f32 * 0.37).sin()).collect();
    let mut engine = DiffWaveCpu::new(network, weights, 2).unwrap();
    let mut burn = DiffWaveBurn::new(network, weights, &Backend::Cpu).unwrap();
    let [ours, theirs] = [&mut engine as &mut dyn Denoiser, &mut burn].map(|denoiser| {
        let mut eps = vec![f32::NAN; x.len()];
        denoiser.label(&[Some(2), Some(0)]).unwrap();
        denoiser.condition(&[&Mel::default(), &Mel::default()], samples).unwrap();
        denoiser.predict(&x, 7.3, &mut eps).unwrap();
        eps
    });
    assert_within("engine and burn", &ours, &theirs, TOLERANCE);
}

/// A causal network goes on where a signal of the same class stood, and never where one of another class did.
#[test]
fn a_stream_of_one_class_does_not_go_on_after_another() {
    let model = Arc::new(model(FIXTURES[1]));
    let mel = Mel::from_frames(80, (0..80 * 24).map(|n| 0.5 + 0.4 * (n as f32 * 0.1).sin()).collect());
    let plan = SpanPlan { chunk_frames: 4, left_frames: 8, right_frames: 2 };
    let chunked = |vocoder: &mut Vocoder, class| {
        let request = Request { class: Some(class), ..Request::default() };
        vocoder.synthesize_spans(&mel, &[], &request, plan, &mut |_, _| ()).unwrap()
    };
    let fresh = || Vocoder::new(Arc::clone(&model), &Backend::Cpu).unwrap();
    let mut vocoder = fresh();
    let both = [0, 1].map(|class| chunked(&mut vocoder, class));
    assert_eq!(both, [0, 1].map(|class| chunked(&mut fresh(), class)));
    assert_ne!(both[0], both[1]);
    let request = Request { class: Some(1), ..Request::default() };
    let whole = fresh().synthesize(&mel, &[], &request, &mut |_, _| ()).unwrap();
    assert_within("in chunks and as a whole", &both[1], &whole, TOLERANCE);
}

#[test]
fn a_model_file_keeps_the_names_of_its_classes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let read = model(FIXTURES[0]);
    assert_eq!(
        (read.header().classes.join(" "), read.header().network.diffwave("test").unwrap().classes),
        ("piano violin 3".into(), Some(3))
    );
    let model =
        Model::new("model", ModelHeader { null_label: true, ..read.header().clone() }, read.weights().clone());
    checkpoint::save(model.as_ref().unwrap(), &path).unwrap();
    let (model, found) = (model.unwrap(), checkpoint::load(&path, None).unwrap());
    let of = |model: &Model| {
        (model.header().classes.clone(), model.header().null_label, model.header().network.clone())
    };
    assert_eq!(of(&found), of(&model));
    assert!(found.weights() == model.weights());
}

/// What a file of before classes and of before other networks says, whose header has none of their fields.
#[test]
fn a_header_without_classes_is_one_of_a_network_without() {
    let header = serde_json::to_value(live().header()).unwrap();
    let mut old = header.clone();
    old.as_object_mut().unwrap().remove("classes").unwrap();
    old.as_object_mut().unwrap().remove("null_label").unwrap();
    old["network"].as_object_mut().unwrap().remove("classes").unwrap();
    // Nor of a kind: DiffWave was the only network.
    assert_eq!(old["network"].as_object_mut().unwrap().remove("kind").unwrap(), "diffwave");
    let old: ModelHeader = serde_json::from_value(old).unwrap();
    assert_eq!(old, *live().header());
}

#[test]
fn a_class_is_asked_for_by_name_or_index() {
    let read = model(FIXTURES[0]);
    let header = read.header();
    // The third class is called 3: a name goes before an index.
    let found = ["violin", "0", "1", "3"].map(|asked| header.class(asked).unwrap());
    assert_eq!(found, [1, 0, 1, 2]);
    for asked in ["flute", "-1", "4", ""] {
        let message = header.class(asked).unwrap_err().to_string();
        assert!(message.contains("class") && message.contains("piano, violin, 3"), "{message}");
    }
    for (class, guidance, expected) in
        [(None, 1.0, "piano, violin, 3"), (Some(3), 1.0, "piano"), (Some(0), 2.0, "label_dropout")]
    {
        let message = header.check_request(class, guidance).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    let message = live().header().class("piano").unwrap_err().to_string();
    assert!(message.contains("no classes"), "{message}");
}

/// Changes the network's number of classes.
fn with_classes(header: &mut ModelHeader, classes: Option<usize>) {
    let network = header.network.diffwave("test").unwrap().clone();
    header.network = DiffWaveConfig { classes, ..network }.into();
}

#[test]
fn networks_and_headers_that_do_not_agree_are_refused() {
    let read = model(FIXTURES[0]);
    let with = |change: &dyn Fn(&mut ModelHeader, &mut Weights)| {
        let (mut header, mut weights) = (read.header().clone(), read.weights().clone());
        change(&mut header, &mut weights);
        Model::new("m", header, weights).unwrap_err().to_string()
    };
    let message = with(&|header, _| header.classes.truncate(2));
    assert!(message.contains("classes: found 2 names, expected 3"), "{message}");
    let message = with(&|header, _| header.classes[1] = "piano".into());
    assert!(message.contains("\"piano\"") && message.contains("a name of its own"), "{message}");
    let message = with(&|header, _| with_classes(header, Some(4)));
    assert!(
        message.contains("label_embedding.weight: found shape [3, 128], expected shape [4, 128]"),
        "{message}"
    );
    let message = with(&|header, _| with_classes(header, None));
    assert!(message.contains("label_embedding.weight") && message.contains("no such tensor"), "{message}");
    let message = with(&|_, weights| {
        let name = "residual_layers.3.label_projection.weight";
        weights.insert(name, Tensor { shape: vec![16, 64], data: vec![0.0; 1024] });
    });
    assert!(message.contains("residual_layers.3.label_projection.weight: found shape [16, 64]"), "{message}");
    let message = with(&|_, weights| {
        weights.remove("residual_layers.0.label_projection.bias");
    });
    assert!(message.contains("residual_layers.0.label_projection.bias: found none"), "{message}");
}

#[test]
fn labels_that_fit_no_window_or_class_are_refused() {
    let (classed, plain) = (model(FIXTURES[0]), live());
    for (_, mut denoiser) in denoisers(&classed) {
        let message = denoiser.label(&[Some(3)]).unwrap_err().to_string();
        assert!(message.contains("found 3") && message.contains("3 classes"), "{message}");
        denoiser.label(&[Some(0), None]).unwrap();
        let message = denoiser.condition(&[&Mel::default()], 100).unwrap_err().to_string();
        assert!(message.contains("labels: found 2, expected 1"), "{message}");
    }
    for (_, mut denoiser) in denoisers(&plain) {
        assert!(denoiser.label(&[Some(0)]).is_err());
        denoiser.label(&[None]).unwrap();
    }
}
