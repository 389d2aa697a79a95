//! Sounds, models, arrays and configurations with random changes: whatever is in them, they are read or refused in one line, and
//! none takes more memory than it is worth. `REMEL_MUTATIONS` has more of them looked at.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod found;
mod memory;
#[path = "../mutation/mod.rs"]
mod mutation;
mod targets;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mutation::{Random, misquoted, mutated};
use targets::{archive, header};

/// Longest that a small file may take, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(20);

/// Files of `folder` in the fixtures whose names end in one of `extensions`.
fn fixtures(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| extensions.iter().any(|extension| file.to_str().unwrap().ends_with(extension)));
    files.sort();
    assert!(!files.is_empty());
    files
}

/// Has `target` look at `seed` as it is and with `count` changes by `change`.
fn changed(
    name: &str,
    seed: &[u8],
    count: u64,
    change: fn(Vec<u8>, &mut Random) -> Vec<u8>,
    target: fn(&[u8]),
) {
    let look_at = |what: &str, bytes: &[u8]| {
        let begun = Instant::now();
        memory::bounded(what, bytes.len(), || target(bytes));
        assert!(begun.elapsed() < PATIENCE, "{what}: {:?}", begun.elapsed());
    };
    // What ends the whole test, as an allocation does that is refused, leaves its file.
    let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
    let kept = std::env::temp_dir().join(format!("remel-{test}"));
    look_at(name, seed);
    for number in 0..mutation::count(count) {
        let bytes = change(seed.to_vec(), &mut Random(number));
        std::fs::write(&kept, &bytes).unwrap();
        look_at(&format!("{name}, change {number}, kept as {}", kept.display()), &bytes);
    }
    std::fs::remove_file(&kept).unwrap_or_default();
}

#[test]
fn no_sound_is_too_broken_to_be_answered() {
    let voice = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/voice.wav");
    let kinds = [".au", ".caf", ".flac", ".m4a", ".mp3", ".ogg", ".wav"];
    for file in fixtures("audio", &kinds).into_iter().chain([voice]) {
        let mut seed = std::fs::read(&file).unwrap();
        seed.truncate(50_000);
        changed(file.to_str().unwrap(), &seed, 60, mutated, targets::sound);
    }
}

#[test]
fn no_page_of_ogg_is_too_broken_to_be_answered() {
    for file in fixtures("audio", &[".ogg"]) {
        let seed = std::fs::read(&file).unwrap();
        changed(file.to_str().unwrap(), &seed, 300, mutated, targets::pages);
    }
}

#[test]
fn no_checkpoint_is_too_broken_to_be_answered() {
    for folder in ["checkpoints", "cases", "diffwave/lmnt_8x4x2", "bad"] {
        for file in fixtures(folder, &[".pt", ".tar", ".ckpt", "legacy", ".pickle", ".npz", ".safetensors"]) {
            let mut seed = std::fs::read(&file).unwrap();
            seed.truncate(50_000);
            changed(file.to_str().unwrap(), &seed, 60, mutated, targets::checkpoint);
        }
    }
}

#[test]
fn no_pickle_is_too_broken_to_be_answered() {
    for file in fixtures("checkpoints", &[".pt", ".ckpt"]) {
        let seed = archive::pickle_of(&std::fs::read(&file).unwrap());
        changed(file.to_str().unwrap(), &seed, 100, mutated, targets::pickle);
    }
}

#[test]
fn no_head_of_safetensors_is_too_broken_to_be_answered() {
    for file in fixtures("diffwave/lmnt_8x4x2", &[".safetensors"]) {
        let bytes = std::fs::read(&file).unwrap();
        let (seed, _) = header::split(&bytes);
        changed(file.to_str().unwrap(), seed, 300, mutated, targets::tensors);
        changed(file.to_str().unwrap(), seed, 300, misquoted, targets::tensors);
    }
}

#[test]
fn no_header_of_a_model_is_too_broken_to_be_answered() {
    for prior in ["none", "energy", "spectral"] {
        let seed = header::header_with(prior);
        changed(prior, &seed, 100, mutated, targets::model);
        changed(prior, &seed, 300, misquoted, targets::model);
    }
}

#[test]
fn no_array_is_too_broken_to_be_answered() {
    let files = [fixtures("bad", &[".npy"]), fixtures("cases", &[".npy"])].concat();
    for file in files {
        let seed = std::fs::read(&file).unwrap();
        changed(file.to_str().unwrap(), &seed, 300, mutated, targets::array);
        changed(file.to_str().unwrap(), &seed, 100, misquoted, targets::array);
    }
}

#[cfg(feature = "train")]
#[test]
fn no_configuration_is_too_broken_to_be_answered() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models");
    for name in ["additive", "classes", "live", "studio", "violin"] {
        let seed = std::fs::read(models.join(name).with_extension("toml")).unwrap();
        changed(name, &seed, 300, mutated, targets::configuration);
        changed(name, &seed, 300, misquoted, targets::configuration);
    }
}
