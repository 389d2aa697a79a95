//! The programs in `examples/`, built by the C compiler with the static and the shared library, and run.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use peak::peak;
use remel::audio::Audio;

#[path = "../../tests/peak/mod.rs"]
mod peak;
#[path = "../../tests/skipped/mod.rs"]
mod skipped;

/// What a static library needs of the system beside itself: `rustc --print native-static-libs`.
const SYSTEM: &[&str] = &["-lpthread", "-ldl", "-lm"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether there is a C compiler of Linux; where not, `test` is said to be skipped.
fn has_compiler(test: &str) -> bool {
    let found = cfg!(target_os = "linux") && Command::new("cc").arg("--version").output().is_ok();
    if !found {
        skipped::skipped(test, "no `cc` of Linux");
    }
    found
}

/// Where cargo has put the libraries: beside the folder of this test.
fn libraries() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.parent().and_then(Path::parent).unwrap().to_owned()
}

#[track_caller]
fn succeeds(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The program `source` of this crate, built with warnings as errors; with the static library, or the shared one.
fn built(folder: &Path, source: &str, is_static: bool) -> PathBuf {
    let name = Path::new(source).file_stem().unwrap().to_str().unwrap();
    let program = folder.join(format!("{name}-{}", if is_static { "static" } else { "shared" }));
    let libraries = libraries();
    let mut compiler = Command::new("cc");
    compiler.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I"]).arg(root().join("include"));
    compiler.arg(root().join(source)).arg("-o").arg(&program);
    if is_static {
        // Half of what is in it is not called, and need not be written.
        compiler.arg(libraries.join("libremel_c.a")).args(SYSTEM).arg("-Wl,--gc-sections");
    } else {
        compiler.arg("-L").arg(&libraries).arg("-lremel_c");
        compiler.arg(format!("-Wl,-rpath,{}", libraries.display()));
    }
    succeeds(&mut compiler);
    program
}

#[test]
fn programs_in_c_vocode_stream_speak_and_know_models() {
    if !has_compiler("programs_in_c_vocode_stream_speak_and_know_models") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let voice = root().join("../assets/demo/voice.wav");
    let spoken = Audio::read(&voice).unwrap();
    for is_static in [true, false] {
        for name in ["vocode", "stream", "speak"] {
            let program = built(folder.path(), &format!("examples/{name}.c"), is_static);
            let sound = folder.path().join("out.wav");
            succeeds(Command::new(&program).arg(&voice).arg(&sound));
            assert!(peak(&sound, &spoken) > 0.1, "{name}");
            std::fs::remove_file(&sound).unwrap();
            let refused = Command::new(&program).arg("none.wav").arg(&sound).output().unwrap();
            let line = String::from_utf8(refused.stderr).unwrap();
            assert!(!refused.status.success() && line.starts_with("none.wav: "), "{name}: {line}");
        }
        let bytes = built(folder.path(), "examples/bytes.c", is_static);
        let said = succeeds(Command::new(&bytes).arg(root().join("../assets/models/live.safetensors")));
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.contains("22050 Hz: mel frames of 80 bands, a hop of 256 samples"), "{said}");
        let refused = Command::new(&bytes).arg(&voice).output().unwrap();
        let line = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && line.starts_with("bytes: "), "{line}");
    }
}

#[test]
fn what_no_program_should_do_is_answered() {
    if has_compiler("what_no_program_should_do_is_answered") {
        let folder = tempfile::tempdir().unwrap();
        succeeds(&mut Command::new(built(folder.path(), "tests/misuse.c", true)));
    }
}
