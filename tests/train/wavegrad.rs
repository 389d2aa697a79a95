//! Training WaveGrad: that it learns, that all of it has a gradient, and what it refuses.

use std::path::Path;
use std::sync::Arc;

use crate::training::{Record, few_dozen};
use remel::checkpoint;
use remel::mel::Mel;
use remel::network::Backend;
use remel::render::Request;
use remel::train::config::TrainConfig;
use remel::train::run;
use remel::vocoder::Vocoder;

/// The text of a training of a tiny network; `more` before the tables, and in `[network]`.
fn text(before: &str, network: &str) -> String {
    format!(
        "model = 'model.safetensors'\n{before}\n[network]\nkind = 'wavegrad'\n{network}\n[network.sizes]\n\
         up_first = 16\nup_channels = [16, 16, 12, 8, 8]\ndown_first = 4\ndown_channels = [8, 8, 12, 16]\n\
         [data]\nsource = 'additive'\n[training]\nbatch = 3\ncrop_frames = 6\ntotal_steps = 6\nwarmup_steps = 4\n\
         learning_rate = 0.002\nvalidate_steps = 7\n"
    )
}

fn config(folder: &Path, text: &str) -> remel::Result<TrainConfig> {
    let path = folder.join("wavegrad.toml");
    std::fs::write(&path, text).unwrap();
    TrainConfig::read(&path)
}

#[test]
fn a_few_dozen_steps_lower_the_loss_and_change_every_tensor() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path(), &text("", "")).unwrap();
    config.training = few_dozen(config.training);
    let mut record = Record::default();
    let model = checkpoint::load(&run(&config, false, &mut record).unwrap(), None).unwrap();
    let [first, .., last] = record.validations[..] else { panic!("validated three times") };
    assert!(last < first && last < 0.9 * record.losses[0], "{first}, then {last}: {:?}", record.losses);
    // Biases begin as zeros: one that has no gradient still is none.
    for (name, tensor) in model.weights().iter().filter(|(name, _)| name.ends_with(".bias")) {
        assert!(tensor.data.iter().all(|value| *value != 0.0), "{name}");
    }
    let header = model.header();
    assert_eq!((header.rate_hz, header.training_betas.len(), header.inference_betas.len()), (22_050, 1000, 6));
    let mel = Mel::from_frames(128, vec![0.4; 128 * 5]);
    let mut vocoder = Vocoder::new(Arc::new(model), &Backend::Cpu).unwrap();
    let audio = vocoder.synthesize(&mel, &[], &Request::default(), &mut |_, _| ()).unwrap();
    assert!(audio.len() == 5 * 300 && audio.iter().all(|sample| sample.abs() <= 1.0));
}

#[test]
fn a_resumed_training_has_the_losses_of_an_uninterrupted_one() {
    let (whole, parts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let [whole, parts] = [&whole, &parts].map(|folder| {
        let mut config = config(folder.path(), &text("", "")).unwrap();
        // Losses alone: no temperature, which takes twice as long.
        config.data.validation = 0.0;
        config
    });
    let mut uninterrupted = Record::default();
    run(&whole, false, &mut uninterrupted).unwrap();
    let mut first = Record { stop_after: Some(4), ..Record::default() };
    run(&parts, false, &mut first).unwrap();
    let mut second = Record::default();
    run(&parts, true, &mut second).unwrap();
    assert_eq!([first.losses, second.losses].concat(), uninterrupted.losses);
}

#[test]
fn what_no_training_of_it_has_is_refused_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    for (text, expected) in [
        (
            text("", "conditioner = 'tacotron2'"),
            "network.sizes.factors: found 300, expected factors whose product is 256",
        ),
        (text("", "conditioner = 'mp3'"), "network.conditioner: found \"mp3\", expected one of"),
        (
            text("", "channels = 4"),
            "network.channels: found one, expected none, as network.kind is \"wavegrad\"",
        ),
        (text("", "").replace("[16, 16, 12", "[16, 12"), "network.up_channels: found 4 of them, expected 5"),
        (text("", "") + "spectral_weight = 0.5\n", "training.spectral_weight: found 0.5, expected none"),
        (text("", "") + "precision = 'bf16'\n", "training.precision: found bf16, expected none"),
        (text("", "").replace("'wavegrad'", "'diffwave'"), "network.sizes: found one, expected none"),
    ] {
        let message = config(folder.path(), &text).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
}
