//! The programs in `examples/`, run as their first lines say: those that `cargo build --examples` left, or the build of a test of everything.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

use std::path::{Path, PathBuf};
use std::process::Command;

use remel::audio::{Audio, write_npy};
use remel::checkpoint::Bundled;
use remel::mel::mel_of;

use peak::peak;

#[path = "peak/mod.rs"]
mod peak;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the example `name`, which lies beside this test's folder, prints.
#[track_caller]
fn run(name: &str, arguments: &[&Path]) -> String {
    let own = std::env::current_exe().unwrap();
    let profile = own.parent().and_then(Path::parent).unwrap();
    let program: PathBuf = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let output = Command::new(&program)
        .args(arguments)
        .output()
        .unwrap_or_else(|e| panic!("{}: {e}", program.display()));
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_file_a_stream_and_a_mel_become_sound() {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (root().join("assets/demo/voice.wav"), folder.path().join("out.wav"));
    let voice = Audio::read(&input).unwrap();
    for name in ["vocode", "stream"] {
        run(name, &[&input, &output]);
        assert!(peak(&output, &voice) > 0.1, "{name}");
        std::fs::remove_file(&output).unwrap();
    }
    let model = Bundled::Tts.model();
    let dialect = model.dialect().unwrap();
    let mel = mel_of(&voice.resampled(dialect.rate_hz).to_mono(), dialect).unwrap();
    let path = folder.path().join("mel.npy");
    write_npy(&path, &[mel.n_mels(), mel.frames()], &mel.to_bands()).unwrap();
    run("speak", &[&path, &output]);
    assert!(peak(&output, &voice) > 0.1);
}

#[test]
fn a_model_in_memory_says_what_it_is() {
    let said = run("bytes", &[&root().join("assets/models/live.safetensors")]);
    assert!(said.contains("DiffWave at 22050 Hz") && said.contains("lmnt-diffwave: 80 bands"), "{said}");
}

#[cfg(feature = "train")]
#[test]
fn a_tiny_model_is_trained() {
    let folder = tempfile::tempdir().unwrap();
    let said = run("train", &[folder.path()]);
    assert!(said.contains("step 8: loss") && folder.path().join("tiny.safetensors").is_file(), "{said}");
}
