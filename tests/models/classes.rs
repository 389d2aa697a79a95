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
use remel::model::Model;
use remel::network::Backend;
#[cfg(feature = "burn")]
use remel::network::diffwave::burn::DiffWaveBurn;
use remel::network::diffwave::cpu::DiffWaveCpu;
use remel::render::{Request, SpanPlan};
use remel::vocoder::Vocoder;

use crate::live::live;

/// Without mel, of three classes; and with mel, causal, of two.
pub const FIXTURES: [&str; 2] = ["classes_8x4x2", "classes_mel_12x4x4"];
const TOLERANCE: f32 = 1e-4;

fn folder(fixture: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diffwave").join(fixture)
}

fn array(fixture: &str, name: &str) -> Vec<f32> {
    read_npy(&folder(fixture).join(name)).unwrap().data
}

pub fn model(fixture: &str) -> Model {
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
