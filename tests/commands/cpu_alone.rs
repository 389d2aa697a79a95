//! The program as the first command of the README builds it: with neither GPU nor training. That is the one which
//! `REMEL_CPU_ALONE` names, or the one built with these tests.

use crate::command::Folder;
use crate::skipped::skipped;
use remel::audio::Audio;
use std::path::PathBuf;

/// The program for the CPU alone, where there is one.
fn program(test: &str) -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("REMEL_CPU_ALONE") {
        return Some(named.into());
    }
    if cfg!(any(feature = "gpu", feature = "train")) {
        skipped(test, "this build has more than the CPU, and REMEL_CPU_ALONE names no other");
        return None;
    }
    Some(env!("CARGO_BIN_EXE_remel").into())
}

#[test]
fn the_first_command_makes_sound() {
    let Some(program) = program("the_first_command_makes_sound") else { return };
    let folder = Folder::of(program, &[]);
    let voice = Audio::read(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/voice.wav").as_ref()).unwrap();
    // Half a second: the packaged program is not optimized.
    let voice = Audio::mono(voice.rate_hz, voice.to_mono()[..voice.rate_hz as usize / 2].to_vec());
    voice.write_wav(&folder.path("voice.wav")).unwrap();
    // Not `vocode`, which would take the tests' smallest model.
    folder.succeeds("mel voice.wav -o mel.npy --png mel.png");
    folder.succeeds("synth mel.npy -o out.wav");
    let out = Audio::read(&folder.path("out.wav")).unwrap();
    assert!((voice.seconds() - out.seconds()).abs() < 0.05 && out.channels[0].iter().any(|x| x.abs() > 0.1));
}

#[test]
fn what_it_lacks_is_said_in_one_line_with_the_command_that_has_it() {
    let Some(program) = program("what_it_lacks_is_said_in_one_line_with_the_command_that_has_it") else {
        return;
    };
    let folder = Folder::of(program, &["a.wav"]);
    folder.refuses(
        "train violin.toml --resume",
        "train: found a build without training, expected one with `--features train` \
         (cargo run --release --features train -- train violin.toml --resume)",
    );
    let devices = folder.succeeds("devices");
    let devices = String::from_utf8(devices.stdout).unwrap();
    assert!(
        devices.starts_with("CPU") && devices.contains("no GPUs: this is a build for the CPU alone"),
        "{devices}"
    );
    let measured = folder.succeeds("devices --measure");
    let said = String::from_utf8(measured.stderr).unwrap();
    assert_eq!(said, "nothing is measured: there is only the CPU to choose\n");
    folder.succeeds("mel a.wav -o mel.npy");
    folder.refuses(
        "synth mel.npy -o b.wav --backend gpu",
        "--backend gpu: found a build for the CPU alone, expected one with `--features gpu` \
         (cargo run --release --features gpu -- …)",
    );
}
