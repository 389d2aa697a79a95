//! Training: runs that end, go on and fail, and what they leave behind.

use std::path::Path;
use std::sync::Arc;

use crate::training::{Record, diffwave, small, validated};
use remel::checkpoint;
use remel::domain::phase::Phase;
use remel::mel::mel_of;
use remel::network::Backend;
use remel::render::Request;
use remel::train::config::{DataConfig, Prior, Source};
use remel::train::data::{DataSet, Split};
use remel::train::run;
use remel::vocoder::Vocoder;

#[test]
fn a_resumed_training_has_the_losses_of_an_uninterrupted_one() {
    let (whole, parts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut uninterrupted = Record::default();
    run(&validated(small(whole.path()), 4), false, &mut uninterrupted).unwrap();
    assert_eq!((uninterrupted.losses.len(), uninterrupted.validations.len()), (8, 2));

    let config = validated(small(parts.path()), 4);
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
    let source = DataSet::open(&DataConfig::new(Source::Additive), 22_050, &mut ()).unwrap();
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
    diffwave(&mut config).prior = Prior::Spectral;
    config.training.shaped_weight = 0.3;
    config.training.learning_rate = 0.005;
    config.training.total_steps = 150;
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
    assert_eq!((header.network.training_steps(), header.training_betas[19]), (Some(20), 0.2));
    assert_eq!((&header.inference_betas, header.phase), (&config.schedule.inference_betas, config.phase));
}

#[test]
fn a_training_begins_with_the_weights_of_a_model() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut record = Record::default();
    let model = run(&validated(small(first.path()), 8), false, &mut record).unwrap();
    let mut config = validated(small(second.path()), 8);
    config.init = Some(model);
    let mut continued = Record::default();
    run(&config, false, &mut continued).unwrap();
    assert!(continued.validations[0] < record.validations[0]);
    diffwave(&mut config).layers = 3;
    config.run = Some(second.path().join("other"));
    config.model = second.path().join("other.safetensors");
    let message = run(&config, false, &mut continued).unwrap_err().to_string();
    assert!(
        message.contains("model.safetensors") && message.contains("network.layers: found 4, expected 3"),
        "{message}"
    );
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
fn a_training_is_not_resumed_with_its_classes_in_another_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = small(folder.path());
    config.data.classes = ["toy", "burst"].map(String::from).into();
    run(&config, false, &mut Record { stop_after: Some(1), ..Record::default() }).unwrap();
    config.data.classes.reverse();
    let message = run(&config, true, &mut Record::default()).unwrap_err().to_string();
    assert!(message.contains("data.classes: found toy, burst, expected burst, toy"), "{message}");
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
    let config = validated(small(folder.path()), 4);
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
