//! Training BandWave: that it learns, goes on where it stood, and begins with a model as that is.

use std::path::Path;
use std::sync::Arc;

use crate::training::{Record, few_dozen};
use remel::checkpoint::{self, Bundled};
use remel::mel::Mel;
use remel::network::Backend;
use remel::render::Request;
use remel::train::config::{TrainConfig, TrainingConfig};
use remel::train::run;
use remel::vocoder::Vocoder;

/// A training of `network` as the `[network]` table has it; `init` before it, where there is one.
fn config(folder: &Path, init: &str, network: &str) -> TrainConfig {
    let text = format!(
        "model = 'model.safetensors'\n{init}\n[network]\nkind = 'bandwave'\n{network}\n[data]\nsource = 'additive'\n\
         [training]\nbatch = 4\ncrop_frames = 24\ntotal_steps = 6\nwarmup_steps = 4\nlearning_rate = 0.002\n\
         validate_steps = 3\nown = 0.5\n"
    );
    let path = folder.join("bandwave.toml");
    std::fs::write(&path, text).unwrap();
    TrainConfig::read(&path).unwrap()
}

/// The least that has everything.
const TINY: &str = "channels = 16\nlayers = 4\ncycle = 2\nlevel = 16\nconditioner = 'hifigan'";

#[test]
fn a_few_dozen_steps_lower_the_loss() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path(), "", TINY);
    config.training = TrainingConfig { own: 0.7, ..few_dozen(config.training) };
    let mut record = Record::default();
    let model = checkpoint::load(&run(&config, false, &mut record).unwrap(), None).unwrap();
    let [first, .., last] = record.validations[..] else { panic!("validated three times") };
    assert!(last < 0.9 * first && last < 0.8 * record.losses[0], "{first}, then {last}: {:?}", record.losses);
    // The sources' rate is that of the dialect, and the noise that of a sampling along angles.
    let header = model.header();
    assert_eq!((header.rate_hz, header.angle_steps, header.temperature), (22_050, Some(4), 1.0));
    let mel = Mel::from_frames(80, vec![-4.0; 80 * 12]);
    let mut vocoder = Vocoder::new(Arc::new(model), &Backend::Cpu).unwrap();
    let audio = vocoder.synthesize(&mel, &[], &Request::default(), &mut |_, _| ()).unwrap();
    assert!(audio.len() == 12 * 256 && audio.iter().all(|sample| sample.is_finite()));
}

#[test]
fn a_resumed_training_has_the_losses_of_an_uninterrupted_one() {
    let (whole, parts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut uninterrupted = Record::default();
    run(&config(whole.path(), "", TINY), false, &mut uninterrupted).unwrap();
    let config = config(parts.path(), "", TINY);
    // The fourth step is the first with own sampling.
    let mut first = Record { stop_after: Some(4), ..Record::default() };
    run(&config, false, &mut first).unwrap();
    let mut second = Record::default();
    run(&config, true, &mut second).unwrap();
    assert_eq!([first.losses, second.losses].concat(), uninterrupted.losses);
    assert_eq!([first.validations, second.validations].concat(), uninterrupted.validations);
}

#[test]
fn a_training_begins_with_a_bundled_model_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let losses = ["init = 'small'", ""].map(|init| {
        let folder = folder.path().join(if init.is_empty() { "random" } else { "small" });
        std::fs::create_dir(&folder).unwrap();
        let mut config = config(&folder, init, "");
        config.training = TrainingConfig { total_steps: 1, learning_rate: 1e-9, own: 1.0, ..config.training };
        let mut record = Record::default();
        let model = checkpoint::load(&run(&config, false, &mut record).unwrap(), None).unwrap();
        let small = Bundled::Small.model();
        assert_eq!(model.header().network, small.header().network);
        if !init.is_empty() {
            for (name, tensor) in model.weights().iter() {
                let pairs = tensor.data.iter().zip(small.weights().values(name));
                assert!(pairs.map(|(a, b)| (a - b).abs()).all(|off| off < 1e-6), "{name}");
            }
        }
        record.losses[0]
    });
    assert!(losses[0] < 0.5 * losses[1], "{} with the model, {} at random", losses[0], losses[1]);
}

#[test]
fn a_training_does_not_begin_with_a_network_of_another_shape_or_kind() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = |init: &str, network: &str| {
        let config = config(folder.path(), &format!("init = '{init}'"), network);
        run(&config, false, &mut Record::default()).unwrap_err().to_string()
    };
    let message = refusal("small", "layers = 14");
    assert!(
        message.contains("small: a model of another shape: network.layers: found 12, expected 14"),
        "{message}"
    );
    let live = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models/live.safetensors");
    let message = refusal(&live.display().to_string(), "");
    assert!(message.contains("live.safetensors: network: found DiffWave, expected BandWave"), "{message}");
}
