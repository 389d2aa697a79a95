//! UNet1d models on the command line: imported by their arguments, and sampled as audio-diffusion-pytorch 0.0.60 itself does
//! (`tests/fixtures/unet1d`, made by `make.py` there).

use crate::cases::{Case, SCALE, TOKENS, cases, told, weights};
use crate::command::Folder;
use crate::difference::assert_close;
use remel::audio::{Audio, read_npy, write_npy};
use remel::network::{Tensor, Weights};
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::Value;

/// Largest difference, of the peak.
const TOLERANCE: f32 = 1e-4;
/// Steps of samplings.
const STEPS: usize = 4;
/// By how many powers of two the last layers of a network are made smaller for that, as `SAMPLED` in `make.py` has it.
const QUIET: [(&str, i32); 6] =
    [("small", 5), ("conditional", 6), ("cross", 9), ("upsampler", 6), ("autoencoder", 5), ("tiny", 3)];

fn case(name: &str) -> Case {
    cases().into_iter().find(|case| case.name == name).unwrap()
}

/// The weights of a case that is sampled.
fn quiet(case: &Case) -> Weights {
    let (config, mut quiet) = (case.config(), Weights::default());
    let (_, powers) = QUIET.iter().find(|(name, _)| *name == case.name).unwrap();
    let last = format!("to_out.module_list.{}.block.", config.patch_blocks - 1);
    for (name, Tensor { shape, mut data }) in weights(&config).iter().map(|(name, t)| (name, t.clone())) {
        let inner = name.strip_prefix(&last).unwrap_or_default();
        if inner.starts_with("block2.project") || inner.starts_with("to_out") {
            data.iter_mut().for_each(|value| *value *= 2.0_f32.powi(-powers));
        }
        quiet.insert(name, Tensor { shape, data });
    }
    quiet
}

/// Writes `weights` as `W.safetensors`, as the package names them with `prefix` before the network's names, and `arguments`, and
/// makes `M.safetensors` of both.
fn convert(folder: &Folder, weights: &Weights, prefix: &str, arguments: &Value) {
    let of_package = |name: &str| match name.starts_with("multiencoder") {
        true => name.to_owned(),
        false => format!("{prefix}{name}"),
    };
    let bytes: Vec<(String, &Tensor, Vec<u8>)> = weights
        .iter()
        .map(|(name, tensor)| {
            (of_package(name), tensor, tensor.data.iter().flat_map(|value| value.to_le_bytes()).collect())
        })
        .collect();
    let views = bytes
        .iter()
        .map(|(name, tensor, bytes)| (name, TensorView::new(Dtype::F32, tensor.shape.clone(), bytes).unwrap()));
    std::fs::write(folder.path("W.safetensors"), safetensors::serialize(views, None).unwrap()).unwrap();
    std::fs::write(folder.path("ARGS.json"), arguments.to_string()).unwrap();
    folder.succeeds("convert W.safetensors --network unet1d --config ARGS.json -o M.safetensors");
}

/// A folder with the model of a case that is sampled, and its noise.
fn folder(case: &Case, prefix: &str) -> Folder {
    let folder = Folder::with(&[]);
    let mut arguments = case.arguments.clone();
    if case.name == "small" {
        arguments["sigma_data"] = 0.5.into();
        arguments["dynamic_threshold"] = 0.9.into();
    }
    convert(&folder, &quiet(case), prefix, &arguments);
    let channels = case.config().in_channels;
    let noise = told("noise", STEPS * channels * case.samples);
    write_npy(&folder.path("noise.npy"), &[STEPS, channels, case.samples], &noise).unwrap();
    folder
}

/// Runs `line` and holds what it writes against the array `name` of the case.
#[track_caller]
fn gives(folder: &Folder, case: &Case, line: &str, name: &str) {
    folder.succeeds(&format!("{line} --model M.safetensors --backend cpu -o out.npy"));
    let (found, expected) = (read_npy(&folder.path("out.npy")).unwrap(), case.array(name));
    assert_close(&format!("{}, {line}", case.name), &found.data, &expected, TOLERANCE);
}

#[test]
fn sound_is_generated_as_by_the_original() {
    let small = case("small");
    gives(&folder(&small, "net."), &small, "generate --steps 4 --noise noise.npy", "sampled");
    for (name, prefix) in [("conditional", ""), ("cross", "model.unet.")] {
        let case = case(name);
        let (folder, features) = (folder(&case, prefix), case.config().context_embedding_features.unwrap());
        let embedding = told("embedding", TOKENS * features);
        write_npy(&folder.path("E.npy"), &[TOKENS, features], &embedding).unwrap();
        let line = format!("generate --embedding E.npy --embedding-scale {SCALE} --steps 4 --noise noise.npy");
        gives(&folder, &case, &line, "sampled");
    }
}

#[test]
fn sound_is_upsampled_as_by_the_original() {
    let case = case("upsampler");
    let folder = folder(&case, "unet.");
    let low = told("undersampled", 2 * case.samples / 4);
    write_npy(&folder.path("low.npy"), &[2, case.samples / 4], &low).unwrap();
    gives(&folder, &case, "upsample low.npy --steps 4 --noise noise.npy", "sampled");
    // Of a file of sound the rate tells how much there is.
    let channels = low.chunks(low.len() / 2).map(|channel| channel.iter().map(|x| x / 4.0).collect()).collect();
    Audio { rate_hz: 22_050 / 4, channels }.write_wav(&folder.path("low.wav")).unwrap();
    folder.succeeds("upsample low.wav --steps 3 --model M.safetensors --backend cpu -o high.wav");
    let high = Audio::read(&folder.path("high.wav")).unwrap();
    assert_eq!((high.rate_hz, high.channels.len(), high.samples()), (22_050, 2, case.samples));
}

#[test]
fn sound_is_encoded_and_decoded_as_by_the_original() {
    let case = case("autoencoder");
    let folder = folder(&case, "unet.");
    write_npy(&folder.path("audio.npy"), &[case.samples], &told("audio", case.samples)).unwrap();
    gives(&folder, &case, "encode audio.npy", "latent");
    std::fs::rename(folder.path("out.npy"), folder.path("latent.npy")).unwrap();
    gives(&folder, &case, "decode latent.npy --steps 4 --noise noise.npy", "sampled");
}

/// A file of the package's own `torch.save`, which holds its network twice.
#[test]
fn a_state_dict_is_imported_as_it_is() {
    let case = case("tiny");
    let folder = folder(&case, "unet.");
    std::fs::copy(crate::cases::folder().join("tiny.pt"), folder.path("W.pt")).unwrap();
    folder.succeeds("convert W.pt --config ARGS.json --sample-rate 44100 -o M.safetensors");
    write_npy(&folder.path("latent.npy"), &[2, 16], &case.array("latent")).unwrap();
    gives(&folder, &case, "decode latent.npy --steps 4 --noise noise.npy", "sampled");
}

#[test]
fn one_call_of_a_network_is_the_originals() {
    for name in ["nearest", "channels", "upsampler"] {
        let case = case(name);
        let (condition, folder, channels) = (case.condition(), Folder::with(&[]), case.config().in_channels);
        convert(&folder, &weights(&case.config()), "net.", &case.arguments);
        write_npy(&folder.path("x.npy"), &[channels, case.samples], &case.x()).unwrap();
        let mut line = "denoise --x x.npy --level 0.2".to_owned();
        for (index, signal) in condition.channels.iter().enumerate() {
            let file = format!("c{index}.npy");
            write_npy(&folder.path(&file), &[signal.len()], signal).unwrap();
            line += &format!(" --channels {file}");
        }
        if !condition.features.is_empty() {
            write_npy(&folder.path("f.npy"), &[condition.features.len()], &condition.features).unwrap();
            line += " --features f.npy";
        }
        folder.succeeds(&format!("{line} --model M.safetensors --backend cpu -o out.npy"));
        let found = read_npy(&folder.path("out.npy")).unwrap();
        assert_eq!(found.shape, [channels, case.samples], "{name}");
        assert_close(name, &found.data, &case.array("y")[..found.data.len()], TOLERANCE);
    }
}

#[test]
fn what_does_not_fit_is_refused_in_one_line() {
    let small = case("small");
    let folder = folder(&small, "unet.");
    let model = "--model M.safetensors --backend cpu -o out.npy";
    write_npy(&folder.path("E.npy"), &[2, 7], &[0.0; 14]).unwrap();
    folder.refuses(
        &format!("generate {model} --embedding E.npy"),
        "--embedding: value: found E.npy, expected none: W is not conditioned on an embedding",
    );
    folder.refuses(
        &format!("generate {model} --embedding-scale 3"),
        "--embedding-scale: value: found 3, expected none: W is not conditioned on an embedding",
    );
    folder.refuses(&format!("upsample E.npy {model}"), "W: network: found no upsampler, expected an upsampler");
    folder
        .refuses(&format!("encode E.npy {model}"), "W: network: found no autoencoder, expected an autoencoder");
    folder.refuses(
        "convert W.safetensors --network unet1d -o N.safetensors",
        "W.safetensors: arguments: found none, expected the network's arguments, which no state dict tells (remel convert --network \
         unet1d --config ARGS.json)",
    );
    std::fs::write(folder.path("BAD.json"), "{\"in_channels\": 1, \"channel\": 3}").unwrap();
    let output = folder.run("convert W.safetensors --config BAD.json -o N.safetensors");
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("remel: BAD.json: arguments: found unknown field `channel`"), "{message}");
    assert_eq!(message.lines().count(), 1);

    let conditional = case("conditional");
    let folder = self::folder(&conditional, "unet.");
    write_npy(&folder.path("E.npy"), &[2, 7], &[0.0; 14]).unwrap();
    folder.refuses(
        &format!("generate {model} --embedding E.npy"),
        "E.npy: shape: found [2, 7], expected [tokens, 12], all of them numbers, for this model",
    );
    folder.refuses(
        &format!("generate {model}"),
        "--embedding: value: found none, expected [tokens, 12], which the model is conditioned on",
    );
}
