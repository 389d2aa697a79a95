//! UNet1d in training: it learns, with what it is told, and what it cannot learn is refused.

use std::path::Path;
use std::sync::Arc;

use crate::cases::values;
use crate::training::Record;
use remel::audio::write_npy;
use remel::checkpoint;
use remel::diffusion::Condition;
use remel::model::Model;
use remel::network::Backend;
use remel::network::unet1d::cpu::EncoderCpu;
use remel::render::Request;
use remel::train::config::{NetworkConfig as Configured, TrainConfig, TrainingConfig};
use remel::train::run;
use remel::vocoder::Vocoder;

/// A training of a small network with these further arguments on generated sounds.
fn config(folder: &Path, diffusion: &str, arguments: &str, data: &str) -> TrainConfig {
    let text = format!(
        "model = 'model.safetensors'\n[data]\nsource = 'additive'\n{data}\n[network]\nkind = 'unet1d'\nrate_hz = 8000\n\
         diffusion = {diffusion}\nsigma_mean = -1.5\n[network.arguments]\nin_channels = 1\nchannels = 8\npatch_factor = 4\n\
         multipliers = [1, 4]\nfactors = [4]\nnum_blocks = [1]\nresnet_groups = 4\n{arguments}\n[training]\nbatch = 4\n\
         crop_frames = 64\ntotal_steps = 24\nwarmup_steps = 4\nlearning_rate = 0.01\nema = 0.5\nvalidate_steps = 8\n"
    );
    let path = folder.join("unet1d.toml");
    std::fs::write(&path, text).unwrap();
    TrainConfig::read(&path).unwrap()
}

/// Trains, finds that something is learned, and gives the model.
fn learned(config: &TrainConfig) -> Arc<Model> {
    assert!(matches!(config.network, Configured::UNet1d(_)));
    let mut record = Record::default();
    run(config, false, &mut record).unwrap();
    let [first, .., last] = record.validations[..] else { panic!("validated every eighth step") };
    assert!(last < 0.95 * first, "validation loss {first}, then {last}");
    Arc::new(checkpoint::load(&config.model, None).unwrap())
}

/// A second less three samples of what `model` makes when it is told `condition`.
fn made(model: &Arc<Model>, condition: &Condition) -> Vec<f32> {
    let mut vocoder = Vocoder::new(Arc::clone(model), &Backend::Cpu).unwrap();
    vocoder.tell(condition).unwrap();
    // A length that the factors do not divide.
    let sound = vocoder.generate(7997, &Request::default(), &mut |_, _| ()).unwrap();
    assert!(sound.len() == 7997 && sound.iter().all(|x| x.abs() <= 1.0) && sound.iter().any(|x| *x != 0.0));
    sound
}

const NO_ATTENTION: &str = "attentions = [0]";

#[test]
fn a_network_learns_along_either_diffusion_and_makes_sound() {
    for diffusion in ["{ kind = 'v' }", "{ kind = 'k', sigma_data = 0.2 }"] {
        let folder = tempfile::tempdir().unwrap();
        let model = learned(&config(folder.path(), diffusion, NO_ATTENTION, ""));
        assert_eq!(model.header().rate_hz, 8000);
        made(&model, &Condition::default());
    }
}

#[test]
fn an_upsampler_learns_what_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = format!("{NO_ATTENTION}\nfactor = [2, 4]\nfactor_features = 8");
    let model = learned(&config(folder.path(), "{ kind = 'v' }", &arguments, ""));
    let network = model.header().network.unet1d("model").unwrap();
    let low: Vec<f32> = (0..1999).map(|index| (0.2 * index as f32).sin() * 0.5).collect();
    assert_ne!(
        made(&model, &network.upsampler_condition(&low, 4)),
        made(&model, &network.upsampler_condition(&low[..1], 4))
    );
}

#[test]
fn an_autoencoder_learns_with_its_encoder() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = format!("{NO_ATTENTION}\nencoder_depth = 1\nencoder_channels = 4");
    let config = config(folder.path(), "{ kind = 'v' }", &arguments, "");
    let model = learned(&config);
    let network = model.header().network.unet1d("model").unwrap();
    let mut encoder = EncoderCpu::new(network, model.weights(), 1).unwrap();
    let sound: Vec<f32> = (0..7997).map(|index| (0.2 * index as f32).sin() * 0.5).collect();
    let latent = encoder.encode(&sound).unwrap();
    assert_eq!(latent.len(), 4 * 7997_usize.div_ceil(16));
    made(&model, &Condition { channels: encoder.decode(&latent).unwrap(), ..Condition::default() });
    // What is learned of the encoder is more than noise from its first weights: resumed, it goes on.
    let record = &mut Record::default();
    run(
        &TrainConfig { training: TrainingConfig { total_steps: 25, ..config.training.clone() }, ..config },
        true,
        record,
    )
    .unwrap();
    assert_eq!(record.losses.len(), 1);
}

#[test]
fn a_conditional_network_learns_the_tokens_of_classes() {
    let folder = tempfile::tempdir().unwrap();
    let embeddings = folder.path().join("embeddings");
    std::fs::create_dir(&embeddings).unwrap();
    let tokens = |name: &str, tokens: usize, features: usize| {
        let values = values(name, tokens * features);
        write_npy(&embeddings.join(format!("{name}.npy")), &[tokens, features], &values).unwrap();
        values
    };
    let arguments = "attentions = [1]\nattention_heads = 2\nattention_features = 4\ncross_attention = true\n\
                     embedding_features = 6\nembedding_max_length = 3";
    let data = "classes = ['tone', 'burst']\nembeddings = 'embeddings'\nlabel_dropout = 0.3";
    let config = config(folder.path(), "{ kind = 'v' }", arguments, data);
    let refusal = |expected: &str| {
        let message = run(&config, false, &mut Record::default()).unwrap_err().to_string();
        assert!(!message.contains('\n') && message.contains(expected), "{message}");
    };
    refusal("tone.npy");
    tokens("tone", 2, 5);
    refusal("tone.npy: shape: found [2, 5], expected [tokens, 6]");
    let tone = tokens("tone", 2, 6);
    tokens("burst", 1, 6);
    refusal("burst.npy: tokens: found 1, expected 2");
    let burst = tokens("burst", 2, 6);
    let model = learned(&config);
    let told = |embedding| Condition { embedding, embedding_scale: 3.0, ..Condition::default() };
    assert_ne!(made(&model, &told(tone)), made(&model, &told(burst)));
}

#[test]
fn what_cannot_be_trained_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.toml");
    let refusal = |network: &str, training: &str| {
        let text = format!(
            "model = 'model.safetensors'\n[training]\n{training}\n[data]\nsource = 'additive'\n[network]\nkind = 'unet1d'\n{network}"
        );
        std::fs::write(&path, text).unwrap();
        let message = TrainConfig::read(&path).unwrap_err().to_string();
        assert!(!message.contains('\n'), "{message}");
        message
    };
    let none = refusal("", "");
    assert!(none.contains("network.arguments: found none"), "{none}");
    let foreign = refusal("layers = 3\narguments = { in_channels = 1 }", "");
    assert!(foreign.contains("network.layers: found one, expected none"), "{foreign}");
    let stereo = refusal("arguments = { in_channels = 2 }", "");
    assert!(stereo.contains("network.arguments: channels: found 2 in, 2 out, expected one"), "{stereo}");
    let context = refusal("arguments = { in_channels = 1, context_features = 4 }", "");
    assert!(context.contains("network.arguments: context: found some, expected none but"), "{context}");
    let crop = refusal("arguments = { in_channels = 1, factor = [3] }", "crop_frames = 64");
    assert!(crop.contains("training.crop_frames: found 64, expected so many"), "{crop}");
    let tokens = "arguments = { in_channels = 1, embedding_features = 8, embedding_max_length = 2 }";
    let embeddings = refusal(tokens, "");
    assert!(embeddings.contains("data.classes and data.embeddings: found not both"), "{embeddings}");
    let bottleneck = refusal("arguments = { in_channels = 1, bottleneck = { kind = 'variational' } }", "");
    assert!(bottleneck.contains("bottleneck: found one, expected none"), "{bottleneck}");
    let masked = refusal("arguments = { in_channels = 1, embedding_mask_proba = 0.1 }", "");
    assert!(masked.contains("embedding_mask_proba: found one, expected none: data.label_dropout"), "{masked}");
    let unknown = refusal("arguments = { in_channels = 1, depth = 3 }", "");
    assert!(unknown.contains("network.arguments") && unknown.contains("depth"), "{unknown}");
    let objective = refusal("arguments = { in_channels = 1 }", "spectral_weight = 0.5");
    assert!(
        objective.contains("training.spectral_weight: found 0.5, expected none, or the default"),
        "{objective}"
    );
}
