//! `remel generate`, `inpaint` and `compose` along σ held against audio-diffusion-pytorch 0.0.60 around the same network
//! (`tests/fixtures/diffusion`), and what they say of bad input.

use std::path::PathBuf;

use crate::command::Folder;
use remel::audio::{Audio, read_npy, write_npy};

/// A network without mel.
const MODEL: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/diffwave/lmnt_unconditional_12x5x5/weights.pt");

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/diffusion", &format!("diffwave_{name}.npy")].iter().collect()
}

fn array(name: &str) -> Vec<f32> {
    read_npy(&fixture(name)).unwrap().data
}

/// A folder with the source as `in.wav`, and the first `rows` rows of the noise as `noise.npy`.
fn folder(rows: usize) -> Folder {
    let folder = Folder::with(&["tone.wav"]);
    Audio::mono(22_050, array("source")).write_wav(&folder.path("in.wav")).unwrap();
    write_npy(&folder.path("noise.npy"), &[rows, 256], &array("noise")[..rows * 256]).unwrap();
    folder
}

/// Runs `line` with the model and the noise, and holds what it writes against the fixture `name`.
#[track_caller]
fn gives(folder: &Folder, line: &str, name: &str) {
    folder.succeeds(&format!("{line} --model {MODEL} --backend cpu --noise noise.npy -o out.npy"));
    let (found, expected) = (read_npy(&folder.path("out.npy")).unwrap(), array(name));
    assert_eq!(found.shape, [expected.len()]);
    let peak = expected.iter().fold(0.0_f32, |peak, value| peak.max(value.abs()));
    let error = found.data.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / peak;
    println!("{name}: {error:.1e} of the peak");
    assert!(error < 1e-4, "{name}: {error} of the peak");
}

#[test]
fn sounds_are_generated_as_by_the_original() {
    gives(&folder(5), "generate --diffusion v --sampler adpm2 --steps 5", "v_adpm2");
    let k = "generate --diffusion k --sigma-data 0.5 --dynamic-threshold 0.9 --sigma-min 1.5 --sigma-max 20";
    gives(&folder(6), &format!("{k} --schedule-rho 7 --sampler aeuler --steps 6"), "k_aeuler");
    let v = "generate --diffusion v --sigma-min 0.05 --sigma-max 0.6 --schedule-rho 7 --sampler karras";
    let churn = "--s-churn 2 --s-tmax 0.5 --s-noise 1.05";
    gives(&folder(4), &format!("{v} --steps 4 {churn}"), "v_karras");
}

#[test]
fn sounds_are_inpainted_and_composed_as_by_the_original() {
    // Samples 101 to 180.
    let inpaint = "inpaint in.wav --mask 0.00458-0.0065,0.0060-0.00821 --resamples 2 --diffusion v";
    gives(&folder(13), &format!("{inpaint} --sampler adpm2 --steps 4"), "inpainted");
    let compose = "compose in.wav --spans 2 --keep-start --resamples 2 --diffusion v";
    gives(&folder(26), &format!("{compose} --sampler adpm2 --steps 4"), "composed");
}

#[test]
fn any_model_without_mel_inpaints_and_composes_in_its_own_way() {
    let folder = folder(1);
    let model = format!("--model {MODEL} --backend cpu");
    let read = |name: &str| Audio::read(&folder.path(name)).unwrap().channels;
    for options in ["", "--sampler heun --steps 3", "--sampler adpm2 --steps 4", "--diffusion v --steps 6"] {
        folder.succeeds(&format!("inpaint in.wav --mask 0.002-0.004 -o out.wav {model} {options}"));
        let (source, found) = (read("in.wav").remove(0), read("out.wav").remove(0));
        assert_eq!((found.len(), &found[..44], &found[88..]), (256, &source[..44], &source[88..]), "{options}");
        assert!(found[44..88] != source[44..88], "{options}");
        folder.succeeds(&format!("compose in.wav --spans 3 --keep-start -o out.wav {model} {options}"));
        let composed = read("out.wav").remove(0);
        assert_eq!((composed.len(), &composed[..256]), (256 + 3 * 128, &source[..]), "{options}");
        // Every span has noise of its own.
        assert!(composed[256..384] != composed[384..512], "{options}");
        let most = composed.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        assert!(most <= 1.0 || (most.is_finite() && options.contains("diffusion")), "{options}: {most}");
    }
    // Another seed is another sound; channels are windows of their own.
    let seeded = |seed: u64| {
        folder.succeeds(&format!("inpaint in.wav --mask 0.002-0.004 --seed {seed} -o out.wav {model}"));
        read("out.wav")
    };
    assert!(seeded(1) != seeded(2) && seeded(1) == seeded(1));
    let stereo = Audio { rate_hz: 22_050, channels: vec![array("source"), vec![0.0; 256]] };
    stereo.write_wav(&folder.path("in.wav")).unwrap();
    assert_eq!(seeded(1).len(), 2);
}

#[test]
fn a_model_file_says_how_it_was_trained() {
    let folder = folder(5);
    let sigma = "--sigma-data 0.5 --dynamic-threshold 0.9 --sigma-min 1.5 --sigma-max 20 --schedule-rho 7";
    for (model, options) in [("v", "--diffusion v".to_owned()), ("k", format!("--diffusion k {sigma}"))] {
        folder.succeeds(&format!("convert {MODEL} {options} -o {model}.safetensors"));
    }
    let info =
        |arguments: &str| String::from_utf8(folder.succeeds(&format!("info {arguments}")).stdout).unwrap();
    let said = info("k.safetensors");
    for line in [
        "diffusion    K, sigma data 0.5, dynamic threshold 0.9",
        "schedule     any σ; fast: 50 from 20 to 1.5, rho 7",
        "sampler      ancestral",
    ] {
        assert!(said.lines().any(|found| found == line), "{line}: {said}");
    }
    let header: serde_json::Value = serde_json::from_str(&info("v.safetensors --json")).unwrap();
    let schedule = serde_json::json!({ "sigma_min": 1e-4, "sigma_max": 3.0, "rho": 9.0 });
    let expected = serde_json::json!({ "preconditioning": { "kind": "v" }, "schedule": schedule, "steps": 50 });
    assert_eq!((&header["diffusion"], &header["clamp"]), (&expected, &"last".into()));
    assert!(header.get("training_betas").is_none() && header.get("inference_betas").is_none());
    // What it says is what options would say.
    let made = |model: &str, options: &str| {
        let line =
            format!("generate --model {model} --steps 5 --noise noise.npy -o out.npy --backend cpu {options}");
        folder.succeeds(&line);
        read_npy(&folder.path("out.npy")).unwrap().data
    };
    assert!(made("v.safetensors", "") == made(MODEL, "--diffusion v"));
    let k = made("k.safetensors", "--sampler adpm2");
    assert!(k == made(MODEL, &format!("--diffusion k {sigma} --sampler adpm2")));
    assert!(k != made("k.safetensors", "--sampler adpm2 --sigma-data 0.7"), "options go before the file");
}

#[test]
fn what_does_not_fit_is_said_in_a_line() {
    let folder = folder(5);
    let refuses = |line: &str, said: &str| {
        folder.refuses(&format!("{line} -o out.wav --model {MODEL} --backend cpu"), said);
    };
    refuses(
        "inpaint in.wav --mask 0.001-0.002,0.005-0.02",
        "--mask: range: found 0.005-0.02, expected seconds from 0 to 0.011, where in.wav ends",
    );
    refuses(
        "inpaint in.wav --mask 0.001-0.00101",
        "--mask: range: found 0.001-0.00101, expected at least a sample",
    );
    refuses(
        "inpaint in.wav --mask 0.001-0.002 --noise noise.npy",
        "noise.npy: shape: found [5, 256], expected [13, 256] (rows, samples)",
    );
    refuses("inpaint missing.wav --mask 0-1", "missing.wav: No such file or directory (os error 2)");
    Audio::mono(1000, vec![0.1; 60_010]).write_wav(&folder.path("long.wav")).unwrap();
    refuses(
        "inpaint long.wav --mask 0-1",
        "long.wav: seconds: found 60.01, expected at most 60: it is one window",
    );
    Audio::mono(22_050, vec![0.1; 255]).write_wav(&folder.path("odd.wav")).unwrap();
    refuses(
        "compose odd.wav --spans 2",
        "odd.wav: samples: found 255, expected an even number: a span is half of them",
    );
    refuses(
        "generate --sigma-max 5",
        "--sigma-max: value: found 5, expected none: the model's levels are not sigma (see --diffusion)",
    );
    refuses(
        "generate --diffusion v --sigma-data 0.5",
        "--sigma-data: value: found 0.5, expected none: it is of k-diffusion alone",
    );
    let place = "weights";
    refuses(
        "generate --diffusion v --steps 1",
        &format!("{place}: steps: found 1, expected at least 2: the last σ is where sampling ends"),
    );
    refuses(
        "generate --diffusion v --sigma-max 0.00001",
        &format!(
            "{place}: diffusion.schedule.sigma_max: found 0.00001, expected a number above sigma_min, 0.0001"
        ),
    );
    refuses(
        "generate --diffusion v --schedule full",
        &format!("{place}: schedule: found another, expected fast, or a number of steps: its levels are σ"),
    );
    let told = "σ that the network is told as -2.3025851 to 0.27465308";
    refuses(
        "generate --diffusion k",
        &format!("{place}: diffusion: found {told}, expected some within 0 to 49, which it takes"),
    );
}

#[test]
fn usage_is_refused_before_anything_is_read() {
    let folder = folder(1);
    for line in [
        "inpaint in.wav -o out.wav",
        "inpaint in.wav --mask 2-1 -o out.wav",
        "inpaint in.wav --mask 1 -o out.wav",
        "inpaint in.wav --mask 0-1 --resamples 0 -o out.wav",
        "compose in.wav --spans 0 -o out.wav",
        "generate --diffusion w -o out.wav",
    ] {
        let output = folder.run(line);
        assert_eq!(output.status.code(), Some(2), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
