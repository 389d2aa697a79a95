//! WaveGrad on the command line: from a foreign checkpoint to samples, and the search for a schedule.

use std::path::{Path, PathBuf};

use remel::audio::{Audio, read_npy, write_npy};

use crate::command::remel;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// What it wrote on standard output.
#[track_caller]
fn done(arguments: &[&str]) -> String {
    let output = remel(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn refused(arguments: &[&str]) -> String {
    let output = remel(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// A converted fixture in `folder`.
fn converted(folder: &Path, name: &str) -> String {
    let (input, config) = (fixture(name), fixture(name).with_file_name("config.json"));
    let output = folder.join("model.safetensors").display().to_string();
    let [input, config] = [input, config].map(|path| path.display().to_string());
    done(&["convert", &input, "--network", "wavegrad", "--config", &config, "-o", &output]);
    output
}

#[test]
fn converted_checkpoints_give_their_sources_samples_for_given_noise() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["wavegrad/lmnt_30/weights.pt", "wavegrad/ivanvovk_8/checkpoint.pt"] {
        let model = converted(folder.path(), name);
        let beside = |file: &str| fixture(name).with_file_name(file).display().to_string();
        let output = folder.path().join("out.npy").display().to_string();
        let (mel, noise) = (beside("mel.npy"), beside("noise.npy"));
        done(&["synth", &mel, "-o", &output, "--model", &model, "--noise", &noise, "--backend", "cpu"]);
        let [ours, theirs] =
            [output.clone(), beside("audio.npy")].map(|path| read_npy(Path::new(&path)).unwrap().data);
        assert!(
            ours.len() == theirs.len() && ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 1e-4),
            "{name}"
        );

        let x = beside("x.npy");
        done(&[
            "denoise",
            "--model",
            &model,
            "--x",
            &x,
            "--level",
            "0.83",
            "--mel",
            &mel,
            "-o",
            &output,
            "--backend",
            "cpu",
        ]);
        let (ours, theirs) =
            (read_npy(Path::new(&output)).unwrap().data, read_npy(Path::new(&beside("eps.npy"))).unwrap());
        let theirs = &theirs.data[ours.len()..2 * ours.len()];
        assert!(ours.iter().zip(theirs).all(|(a, b)| (a - b).abs() < 1e-3), "{name}");
        let message =
            refused(&["denoise", "--model", &model, "--x", &x, "--level", "7", "--mel", &mel, "-o", &output]);
        assert!(message.contains("--level: value: found 7, expected a level from 0 to 1"), "{message}");
        assert!(done(&["info", &model]).contains("WaveGrad"));
    }
}

#[test]
fn a_search_finds_the_same_schedule_again_and_what_it_prints_is_a_schedule() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let rising: Vec<f32> =
        (0..6000).map(|n| (n as f32 * 0.05).sin() * 0.3 * (n % 900) as f32 / 900.0).collect();
    Audio::mono(22_050, rising).write_wav(Path::new(&path("clip.wav"))).unwrap();
    let clip = path("clip.wav");
    let diffwave = fixture("diffwave/lmnt_16x6x3/weights.pt").display().to_string();
    for model in [converted(folder.path(), "wavegrad/lmnt_30/weights.pt"), diffwave] {
        let search = |more: &[&str]| {
            let common = ["schedule-search", &clip, "--model", &model, "--backend", "cpu", "--iterations", "3"];
            done(&[&common, more].concat())
        };
        let betas = search(&["--candidates", "5", "--seed", "3", "-o", &path("betas.npy")]);
        assert_eq!(betas, search(&["--candidates", "5", "--seed", "3"]));
        let printed: Vec<f32> = betas.trim().split(',').map(|beta| beta.parse().unwrap()).collect();
        assert!(
            printed.len() == 3 && printed.is_sorted() && printed.iter().all(|beta| (0.0..1.0).contains(beta))
        );
        let written = read_npy(Path::new(&path("betas.npy"))).unwrap().data;
        assert!(
            written.iter().zip(&printed).all(|(a, b)| (a - b).abs() < 1e-4 * b),
            "{written:?}, {printed:?}"
        );
        done(&[
            "vocode",
            &clip,
            "-o",
            &path("out.wav"),
            "--model",
            &model,
            "--schedule",
            betas.trim(),
            "--backend",
            "cpu",
        ]);
    }
    let message = refused(&["schedule-search", &clip, "--model", "small"]);
    assert!(message.contains("network: found BandWave, expected one that is sampled along betas"), "{message}");
}

/// The whole of a small grid is tried, and what is found is the least distance.
#[test]
fn a_small_grid_is_tried_whole() {
    let folder = tempfile::tempdir().unwrap();
    let model = converted(folder.path(), "wavegrad/lmnt_30/weights.pt");
    let mel = fixture("wavegrad/lmnt_30/mel.npy").display().to_string();
    let clip = folder.path().join("clip.wav").display().to_string();
    done(&["synth", &mel, "-o", &clip, "--model", &model, "--backend", "cpu"]);
    let output = remel(&["schedule-search", &clip, "--model", &model, "--iterations", "2", "--grid", "2"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && told.contains("the nearest of 4 schedules"), "{told}");
}

#[test]
fn arguments_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("wavegrad/ivanvovk_8/checkpoint.pt").display().to_string();
    let output = folder.path().join("out.safetensors").display().to_string();
    let message = refused(&["convert", &input, "-o", &output, "--network", "wavegrad"]);
    assert!(message.contains("--config: found none") && message.trim().lines().count() == 1, "{message}");
    let config = folder.path().join("config.npy");
    write_npy(&config, &[1], &[0.0]).unwrap();
    let config = config.display().to_string();
    let message = refused(&["convert", &input, "-o", &output, "--config", &config]);
    assert!(message.contains("config.npy") && message.trim().lines().count() == 1, "{message}");
    let usage = remel(&["convert", &input, "-o", &output, "--network", "wavenet"]);
    assert_eq!(usage.status.code(), Some(2));
}
