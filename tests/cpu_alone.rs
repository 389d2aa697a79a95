//! The program as the first command of the README builds it: with neither GPU nor training.
#![cfg(not(any(feature = "gpu", feature = "train")))]
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

use command::Folder;
use remel::audio::Audio;

#[path = "command/mod.rs"]
mod command;

#[test]
fn the_first_command_makes_sound() {
    let folder = Folder::with(&[]);
    let voice = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/voice.wav");
    // Not `vocode`, which would take the tests' smallest model.
    folder.succeeds(&format!("mel {voice} -o mel.npy --png mel.png"));
    folder.succeeds("synth mel.npy -o out.wav");
    let (voice, out) = (Audio::read(voice.as_ref()).unwrap(), Audio::read(&folder.path("out.wav")).unwrap());
    assert!((voice.seconds() - out.seconds()).abs() < 0.05 && out.channels[0].iter().any(|x| x.abs() > 0.1));
}

#[test]
fn what_it_lacks_is_said_in_one_line_with_the_command_that_has_it() {
    let folder = Folder::with(&["a.wav"]);
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
