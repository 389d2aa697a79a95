//! What can be learned and how: levels, precisions, students, variances, classes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::training::{Record, diffwave, small, validated};
use remel::checkpoint;
use remel::diffusion::SamplerKind;
use remel::model::Model;
use remel::network::diffwave::cpu::DiffWaveCpu;
use remel::network::{Backend, Tensor as Values};
use remel::render::Request;
use remel::train::config::{DistillConfig, Levels, Objective, Precision, Prior, TrainConfig};
use remel::train::run;
use remel::vocoder::Vocoder;
use safetensors::SafeTensors;

/// WaveGrad's levels beside the default ones: other crops' noise, learned as well.
#[test]
fn wavegrads_levels_are_learned() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = validated(small(folder.path()), 8);
    config.training.levels = Levels::Wavegrad;
    config.training.total_steps = 40;
    let mut record = Record::default();
    run(&config, false, &mut record).unwrap();
    let [first, .., last] = record.validations[..] else { panic!("validated every eighth step") };
    assert!(last < 0.97 * first, "validation loss {first}, then {last}");
}

#[test]
fn a_training_in_half_precision_is_the_same_but_for_its_rounding_and_resumes() {
    let short = |folder: &Path| {
        let mut config = small(folder);
        config.training.total_steps = 4;
        config
    };
    let single = tempfile::tempdir().unwrap();
    let mut expected = Record::default();
    run(&short(single.path()), false, &mut expected).unwrap();
    for precision in [Precision::F16, Precision::Bf16] {
        let (whole, parts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let config = |folder: &Path| {
            let mut config = short(folder);
            config.training.precision = precision;
            config
        };
        let mut uninterrupted = Record::default();
        run(&config(whole.path()), false, &mut uninterrupted).unwrap();
        assert_ne!(uninterrupted.losses, expected.losses, "{precision:?} is computed in f32");
        for (loss, expected) in uninterrupted.losses.iter().zip(&expected.losses) {
            assert!((loss / expected - 1.0).abs() < 0.01, "{precision:?}: {loss}, {expected} in f32");
        }
        let mut begun = Record { stop_after: Some(2), ..Record::default() };
        run(&config(parts.path()), false, &mut begun).unwrap();
        let mut resumed = Record::default();
        run(&config(parts.path()), true, &mut resumed).unwrap();
        assert_eq!([begun.losses, resumed.losses].concat(), uninterrupted.losses, "{precision:?}");
    }
}

#[test]
fn gradients_too_large_for_half_precision_lower_the_scale_and_end_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = small(folder.path());
    config.training.precision = Precision::F16;
    config.training.spectral_weight = 1000.0;
    config.training.total_steps = 3;
    let mut record = Record::default();
    run(&config, false, &mut record).unwrap();
    assert!(record.losses.len() == 3 && record.losses.iter().all(|loss| loss.is_finite()));
    let state = std::fs::read(config.run_folder().join("state.safetensors")).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(&state).unwrap();
    let entry: serde_json::Value =
        serde_json::from_str(&metadata.metadata().as_ref().unwrap()["remel.train.1"]).unwrap();
    let scale = entry["scale"]["value"].as_f64().unwrap();
    assert!((2.0..16_384.0).contains(&scale), "scale {scale}");
}

/// A training by `objective` of a student that samples in `steps`, and the file of its teacher, which `config` trains.
fn student_of(mut config: TrainConfig, objective: Objective, steps: usize) -> (TrainConfig, PathBuf) {
    let teacher = run(&config, false, &mut Record::default()).unwrap();
    config.model = config.model.with_file_name("student.safetensors");
    config.training.objective = objective;
    config.distill = Some(DistillConfig { teacher: teacher.clone(), steps });
    (config, teacher)
}

#[test]
fn a_student_learns_to_follow_its_teacher_in_fewer_steps() {
    let folder = tempfile::tempdir().unwrap();
    let (mut config, _) = student_of(small(folder.path()), Objective::Distill, 2);
    config.training.total_steps = 40;
    config = validated(config, 10);
    config.training.learning_rate = 0.0005;
    let mut record = Record::default();
    let student = checkpoint::load(&run(&config, false, &mut record).unwrap(), None).unwrap();
    assert_eq!(student.header().inference_betas.len(), 2);
    let [first, .., last] = record.validations[..] else { panic!("validated four times") };
    assert!(last < 0.9 * first, "validation loss {first}, then {last}");

    diffwave(&mut config).channels = 6;
    config.model = folder.path().join("other.safetensors");
    let message = run(&config, false, &mut record).unwrap_err().to_string();
    assert!(message.contains("network") && message.contains("teacher"), "{message}");
}

#[test]
fn a_consistency_model_learns_and_is_sampled_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = small(folder.path());
    diffwave(&mut config).prior = Prior::Spectral;
    let (mut config, teacher) = student_of(config, Objective::Consistency, 2);
    config.training.total_steps = 60;
    config = validated(config, 20);
    config.training.learning_rate = 0.0005;
    let mut record = Record::default();
    let student = checkpoint::load(&run(&config, false, &mut record).unwrap(), None).unwrap();
    let [first, .., last] = record.validations[..] else { panic!("validated three times") };
    assert!(last < 0.9 * first, "validation loss {first}, then {last}");

    // It says by itself how it is sampled: the second step starts from what the first has found, noised anew.
    let header = student.header();
    assert_eq!((header.inference_betas.len(), header.sampler), (2, SamplerKind::Consistency));
    let plan = student.sampling(&Request::default(), 1.0).unwrap();
    let alpha_bar = 1.0 - header.inference_betas[0];
    let noise = plan.sampler.evaluations()[1].noise_scale;
    assert!((f64::from(noise).powi(2) - (1.0 - alpha_bar)).abs() < 1e-6);
    assert_eq!(checkpoint::load(&teacher, None).unwrap().header().sampler, SamplerKind::Ancestral);
}

#[test]
fn an_unconditional_network_is_trained_and_generates() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = small(folder.path());
    diffwave(&mut config).conditioner = "none".into();
    diffwave(&mut config).prior = Prior::None;
    let mut record = Record::default();
    let model = checkpoint::load(&run(&config, false, &mut record).unwrap(), None).unwrap();
    assert!(record.losses.len() == 8 && model.header().dialect.is_none());
    let mut vocoder = Vocoder::new(Arc::new(model), &Backend::Cpu).unwrap();
    let audio = vocoder.generate(2048, &Request::default(), &mut |_, _| ()).unwrap();
    assert!(audio.iter().any(|sample| *sample != 0.0));
}

#[test]
fn a_network_that_learns_variances_is_trained_measured_in_bits_and_sampled() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = validated(small(folder.path()), 20);
    diffwave(&mut config).conditioner = "none".into();
    diffwave(&mut config).prior = Prior::None;
    config.training.spectral_weight = 0.0;
    config.training.objective = Objective::Variational;
    config.training.total_steps = 60;
    let mut record = Record::default();
    let model = checkpoint::load(&run(&config, false, &mut record).unwrap(), None).unwrap();
    let [first, .., last] = record.validations[..] else { panic!("validated three times") };
    assert!(last < 0.92 * first && last > 0.5, "{first}, then {last} bits per sample");
    assert!(model.header().network.learned_variance());

    let (header, weights) = (model.header().clone(), model.weights().clone());
    let refused =
        DiffWaveCpu::new(header.network.diffwave("test").unwrap(), &weights, 1).err().unwrap().to_string();
    assert!(refused.contains("CPU engine") && refused.contains("learned variances"), "{refused}");
    let generate = |model: Model| {
        let mut vocoder = Vocoder::new(Arc::new(model), &Backend::Cpu).unwrap();
        vocoder.generate(2048, &Request::default(), &mut |_, _| ()).unwrap()
    };
    // The least variances, as without learned ones: the noise differs, and nothing else does.
    let mut least = weights.clone();
    let Values { shape, mut data } = weights.get("output_projection.weight").unwrap().clone();
    data[diffwave(&mut config).channels..].fill(0.0);
    least.insert("output_projection.weight", Values { shape, data });
    let bias = weights.values("output_projection.bias")[0];
    least.insert("output_projection.bias", Values { shape: vec![2], data: vec![bias, -1.0] });
    let learned = generate(model);
    let plain = generate(Model::new("least", header, least).unwrap());
    assert!(learned.iter().all(|x| x.is_finite()) && learned != plain);
}

#[test]
fn a_student_of_a_model_with_a_spectral_prior_samples_as_its_teacher_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = small(folder.path());
    diffwave(&mut config).prior = Prior::Spectral;
    let (config, teacher) = student_of(config, Objective::Distill, 1);
    let student = run(&config, false, &mut Record::default()).unwrap();
    let [teacher, student] = [teacher, student].map(|path| checkpoint::load(&path, None).unwrap());
    assert_eq!(student.header().prior, teacher.header().prior);
    assert_eq!(student.header().inference_betas.len(), 1);
}

/// How rough what a model generates of a class is: the energy of its differences over its own, 2 for white noise.
fn roughness(model: &Arc<Model>, class: usize, guidance: f32) -> f32 {
    let mut vocoder = Vocoder::new(Arc::clone(model), &Backend::Cpu).unwrap();
    let request = Request { class: Some(class), guidance, ..Request::default() };
    let audio = vocoder.generate(16_384, &request, &mut |_, _| ()).unwrap();
    let change: f32 = audio.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum();
    change / audio.iter().map(|v| v * v).sum::<f32>()
}

#[test]
fn a_network_learns_to_tell_classes_apart() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = small(folder.path());
    (diffwave(&mut config).layers, diffwave(&mut config).dilation_cycle) = (6, 6);
    (diffwave(&mut config).conditioner, diffwave(&mut config).prior) = ("none".into(), Prior::None);
    config.data.classes = vec!["toy".into(), "burst".into()];
    config.data.label_dropout = 0.2;
    config.training.spectral_weight = 0.0;
    // Twice as long as most seeds need.
    config.training.total_steps = 800;
    config.training.crop_frames = 2;
    (config.training.learning_rate, config.training.ema) = (0.005, 0.95);
    let model = run(&config, false, &mut Record::default()).unwrap();
    let model = Arc::new(checkpoint::load(&model, None).unwrap());
    assert!(model.header().classes == config.data.classes && model.header().null_label);
    // Noise is rougher than tones below a low-pass, and guidance widens what lies between the two.
    let [plain, guided] = [1.0, 2.0].map(|guidance| [0, 1].map(|class| roughness(&model, class, guidance)));
    assert!(plain[1] > 1.4 * plain[0], "tones {}, noise {}", plain[0], plain[1]);
    assert!(guided[1] / guided[0] > 1.3 * plain[1] / plain[0], "{guided:?} guided, {plain:?} not");
}

#[test]
fn a_student_has_the_classes_of_its_teacher() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = small(folder.path());
    config.data.classes = vec!["toy".into(), "burst".into()];
    let (mut config, _) = student_of(config, Objective::Distill, 2);
    let student = checkpoint::load(&run(&config, false, &mut Record::default()).unwrap(), None).unwrap();
    assert_eq!(student.header().classes, config.data.classes);

    config.data.classes = vec!["toy".into(), "pluck".into()];
    config.model = folder.path().join("other.safetensors");
    let message = run(&config, false, &mut Record::default()).unwrap_err().to_string();
    assert!(message.contains("data.classes: found toy, pluck, expected toy, burst"), "{message}");
}
