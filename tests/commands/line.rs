//! The `remel` program as a user meets it: what it writes, and what it says of bad input.

use std::path::{Path, PathBuf};
use std::process::Command;

use remel::audio::{Audio, read_npy, write_npy};

use crate::command::remel;

const TINY: &str = "tests/fixtures/diffwave/lmnt_8x4x2";
/// Networks with classes: without mel, and with.
const CLASSES: &str = "tests/fixtures/diffwave/classes_8x4x2";
const CLASSES_AND_MEL: &str = "tests/fixtures/diffwave/classes_mel_12x4x4";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs a command that has to fail with status 1 and one line that holds every one of `parts`, and has to leave
/// nothing in the output's folder.
#[track_caller]
fn fails(arguments: &[&str], parts: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join(if arguments[0] == "convert" { "out.safetensors" } else { "out.npy" });
    let output = if arguments[0] == "vocode" { output.with_extension("wav") } else { output };
    let result = remel(&[arguments, &["-o", text(&output)]].concat());
    let stderr = String::from_utf8(result.stderr).unwrap();
    let error: Vec<&str> = stderr.lines().filter(|line| line.starts_with("remel: ")).collect();
    assert_eq!(result.status.code(), Some(1), "{stderr}");
    assert_eq!(error.len(), 1, "one line: {stderr}");
    for part in parts {
        assert!(error[0].contains(part), "`{}` does not say `{part}`", error[0]);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing stays behind");
}

fn bad(file: &str) -> String {
    format!("tests/fixtures/bad/{file}")
}

#[test]
fn audio_that_is_none() {
    fails(&["vocode", &bad("text.wav")], &["text.wav", "expected WAV"]);
    fails(&["vocode", &bad("empty.wav")], &["empty.wav", "empty", "expected WAV"]);
    fails(&["vocode", &bad("nan.wav")], &["nan.wav", "sample", "NaN", "finite"]);
    fails(&["vocode", "no/such/file.wav"], &["no/such/file.wav", "No such file"]);
    fails(&["mel", &bad("text.wav")], &["text.wav", "expected WAV"]);
}

#[test]
fn checkpoints_that_are_none() {
    fails(&["convert", &bad("truncated.pt")], &["truncated.pt", "PyTorch checkpoint"]);
    fails(
        &["convert", &bad("wrong_shape.pt")],
        &["residual_layers.1.dilated_conv.weight", "[16, 8, 5]", "[16, 8, 3]"],
    );
    fails(&["convert", &bad("text.wav")], &["text.wav", "is text", ".pt"]);
}

#[test]
fn a_pickle_with_code_is_never_run() {
    for file in ["code.pt", "code_legacy.pt"] {
        fails(&["convert", &bad(file)], &[file]);
    }
    assert!(!Path::new(env!("CARGO_MANIFEST_DIR")).join("remel_ran_a_pickle").exists());
}

#[test]
fn arrays_that_do_not_fit() {
    let model = format!("{TINY}/weights.pt");
    let synth = |mel: &str, parts: &[&str]| fails(&["synth", &bad(mel), "--model", &model], parts);
    synth("mel_79_bands.npy", &["mel_79_bands.npy", "shape", "[79", "[80, frames]"]);
    synth("mel_one_axis.npy", &["mel_one_axis.npy", "shape", "[n_mels, frames]"]);
    synth("mel_int64.npy", &["mel_int64.npy", "dtype", "i8", "float32"]);
    synth("mel_nan.npy", &["mel_nan.npy", "NaN", "finite"]);
    fails(
        &["synth", &format!("{TINY}/mel.npy"), "--model", &model, "--noise", &format!("{TINY}/x.npy")],
        &["x.npy", "shape", "[1536]", "[6, 1536]"],
    );
}

#[test]
fn a_dialect_that_does_not_fit() {
    let arguments = ["convert", &format!("{TINY}/weights.pt"), "--dialect", "bigvgan-24k"];
    fails(&arguments, &["weights.pt", "bigvgan-24k", "100 mels", "80"]);
    fails(&["convert", &format!("{TINY}/weights.pt"), "--dialect", "nonsense"], &["nonsense", "lmnt-diffwave"]);
}

#[test]
fn bad_usage_has_status_2() {
    for arguments in [
        ["vocode", "in.wav", "-o", "out.wav", "--schedule", "nonsense"],
        ["vocode", "in.wav", "-o", "out.wav", "--schedule", "0"],
        ["vocode", "in.wav", "-o", "out.wav", "--strength", "2"],
        ["vocode", "in.wav", "-o", "out.wav", "--temperature", "cold"],
    ] {
        let result = remel(&arguments);
        let stderr = String::from_utf8(result.stderr).unwrap();
        assert_eq!(result.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains("expected"), "{stderr}");
    }
}

#[test]
fn an_output_that_cannot_be_written() {
    let input = format!("{TINY}/mel.npy");
    let model = format!("{TINY}/weights.pt");
    let result =
        remel(&["synth", &input, "--model", &model, "--backend", "cpu", "-o", "/proc/no/such/out.npy"]);
    let stderr = String::from_utf8(result.stderr).unwrap();
    assert_eq!(result.status.code(), Some(1), "{stderr}");
    // Said once, of the path that was given.
    let said = stderr.lines().find(|line| line.starts_with("remel: ")).unwrap();
    assert_eq!(said, "remel: /proc/no/such/out.npy: No such file or directory (os error 2)");
}

/// Runs a command on the CPU that has to give, up to 1e-4, what `expected` holds from its value `first` on.
#[track_caller]
fn gives(arguments: &[&str], expected: &str, first: usize) {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.npy");
    let result = remel(&[arguments, &["--backend", "cpu", "-o", text(&output)]].concat());
    assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
    let (ours, theirs) = (read_npy(&output).unwrap().data, read_npy(Path::new(expected)).unwrap().data);
    let theirs = &theirs[first..][..ours.len()];
    let worst = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(!ours.is_empty() && worst < 1e-4, "off by {worst}");
}

#[test]
fn synth_gives_lmnts_samples_for_the_same_noise() {
    let [mel, model, noise, audio] =
        ["mel.npy", "weights.pt", "noise_fast.npy", "audio_fast.npy"].map(|name| format!("{TINY}/{name}"));
    gives(&["synth", &mel, "--model", &model, "--noise", &noise], &audio, 0);
}

#[test]
fn denoise_gives_the_networks_own_prediction() {
    let [model, x, mel, eps] =
        ["weights.pt", "x.npy", "mel.npy", "eps.npy"].map(|name| format!("{TINY}/{name}"));
    let arguments = ["denoise", "--model", &model, "--x", &x, "--mel", &mel, "--level", "31.625"];
    gives(&arguments, &eps, 4 * 1536);
}

#[test]
fn spectra_are_denoised_and_synthesized_as_by_the_reference() {
    let folder = tempfile::tempdir().unwrap();
    let unit =
        |seed, count| crate::random::numbers(seed, count).iter().map(|number| 3f32.sqrt() * number).collect();
    let write = |name: &str, shape: &[usize], values: Vec<f32>| {
        let path = folder.path().join(name);
        write_npy(&path, shape, &values).unwrap();
        text(&path).to_owned()
    };
    let file = |model: &str, name: &str| format!("tests/fixtures/bandwave/{model}/{name}.npy");
    let (mel, x) = (file("small", "mel"), write("x.npy", &[5, 2050], unit(1, 5 * 2050)));
    let denoise =
        ["denoise", "--model", "small", "--x", &x, "--mel", &mel, "--level", "0.4", "--look-ahead", "2"];
    gives(&denoise, &file("small", "denoised"), 2 * 5 * 2050);
    // Mel frames of Tacotron's dialect are those of HiFi-GAN's, half a hop apart.
    let noise: Vec<f32> = (0..4).flat_map(|row| -> Vec<f32> { unit(100 + row, 5 * 1026) }).collect();
    let (mel, noise) = (file("tts", "mel"), write("noise.npy", &[4, 5, 1026], noise));
    let synth = ["synth", &mel, "--model", "tts", "--noise", &noise, "--look-ahead", "0"];
    gives(&[&synth[..], &["--dialect", "tacotron2"]].concat(), &file("tts", "sampled_la0"), 0);
    fails(
        &[&synth[..], &["--dialect", "vocos-24k"]].concat(),
        &["found [80, 5]", "[100, frames] of vocos-24k"],
    );
    fails(&["synth", &mel, "--model", "tts", "--look-ahead", "9"], &["--look-ahead", "found 9", "0 to 4"]);
    fails(&["synth", &mel, "--model", "tts", "--schedule", "full"], &["tts", "schedule", "number of steps"]);
}

#[test]
fn a_class_is_generated_synthesized_and_denoised_by_name_or_index() {
    let file = |name: &str| format!("{CLASSES}/{name}");
    let [model, noise, x, eps] = ["weights.pt", "noise_fast.npy", "x.npy", "eps.npy"].map(file);
    let generate = ["generate", "--model", &model, "--noise", &noise, "--class"];
    gives(&[&generate[..], &["3"]].concat(), &file("audio_fast.npy"), 0);
    gives(&[&generate[..], &["2"]].concat(), &file("audio_fast.npy"), 0);
    let denoise = ["denoise", "--model", &model, "--x", &x, "--level", "0"];
    gives(&[&denoise[..], &["--class", "violin"]].concat(), &eps, 2 * 1024);
    // The null label.
    gives(&denoise, &eps, 6 * 1024);
    let file = |name: &str| format!("{CLASSES_AND_MEL}/{name}");
    let [model, mel, noise] = ["weights.pt", "mel.npy", "noise_fast.npy"].map(file);
    let synth = ["synth", &mel, "--model", &model, "--noise", &noise, "--class", "violin"];
    gives(&synth, &file("audio_fast.npy"), 0);
}

#[test]
fn a_class_that_is_missing_or_unknown() {
    let model = format!("{CLASSES}/weights.pt");
    let generate = |more: &[&str], parts: &[&str]| {
        fails(&[&["generate", "--model", &model], more].concat(), parts);
    };
    generate(&[], &["class", "found none", "piano, violin, 3", "index from 0 to 2"]);
    generate(&["--class", "flute"], &["class", "\"flute\"", "piano, violin, 3"]);
    generate(&["--class", "piano", "--guidance", "2"], &["guidance", "found 2", "label_dropout"]);
    let model = format!("{CLASSES_AND_MEL}/weights.pt");
    let voice = "assets/demo/voice.wav";
    fails(&["vocode", voice, "--model", &model], &["class", "found none", "piano, violin"]);
    fails(&["vocode", voice, "--model", &model, "--class", "2"], &["class", "\"2\"", "piano, violin"]);
    fails(&["vocode", voice, "--class", "piano"], &["class", "\"piano\"", "no classes"]);
}

#[test]
fn info_lists_the_classes() {
    let result = remel(&["info", &format!("{CLASSES}/weights.pt")]);
    let told = String::from_utf8(result.stdout).unwrap();
    assert!(told.lines().any(|line| line == "classes      piano, violin, 3"), "{told}");
}

#[test]
fn vocode_keeps_rate_channels_and_length_and_repeats() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| -> PathBuf { folder.path().join(name) };
    let tone = |hz: f32| -> Vec<f32> { (0..24_000).map(|n| 0.3 * (n as f32 * hz / 7639.4).sin()).collect() };
    let input = Audio { rate_hz: 48_000, channels: vec![tone(220.0), tone(330.0)] };
    input.write_wav(&path("in.wav")).unwrap();
    let (input_path, model) = (path("in.wav"), format!("{TINY}/weights.pt"));
    let vocode = |name: &str, more: &[&str]| {
        let arguments = ["vocode", text(&input_path), "--model", &model, "--backend", "cpu"];
        let result = remel(&[&arguments[..], &["-o", text(&path(name))], more].concat());
        assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
    };
    vocode("a.wav", &[]);
    vocode("b.wav", &[]);
    let (a, b) = (Audio::read(&path("a.wav")).unwrap(), Audio::read(&path("b.wav")).unwrap());
    assert_eq!((a.rate_hz, a.channels.len(), a.samples()), (48_000, 2, 24_000));
    assert_eq!(a, b);
    vocode("dry.wav", &["--mix", "0"]);
    assert_eq!(Audio::read(&path("dry.wav")).unwrap(), input);
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_remel"));
    let ended = command.arg("info").stdout(writer).output().unwrap();
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
}
