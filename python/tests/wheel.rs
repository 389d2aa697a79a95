//! The wheel, built by maturin and installed into an environment of its own, passes `test_remel.py`.
//!
//! Ignored by default, since maturin builds what cargo may have built with other features, and comes from PyPI, as NumPy does:
//! `cargo test --release --package remel-python --test wheel -- --ignored`, with the features that the wheel is to have.

#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[path = "../../tests/skipped/mod.rs"]
mod skipped;

/// The feature that every extension module has, and those of this build. With all of them the library has the program's too,
/// as where the whole workspace is built: so nothing of it is built again.
const FEATURES: &str = if cfg!(all(feature = "gpu", feature = "train")) {
    "pyo3/extension-module,gpu,train,remel/default"
} else if cfg!(feature = "train") {
    "pyo3/extension-module,train"
} else {
    "pyo3/extension-module"
};

#[track_caller]
fn succeeds(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&said));
    output
}

/// The profile in which this test was built: so the wheel takes what was built with it. Cargo's folder has its name.
fn profile() -> String {
    let own = std::env::current_exe().unwrap();
    let folder = own.parent().and_then(Path::parent).and_then(Path::file_name).unwrap().to_str().unwrap();
    if folder == "debug" { "dev".to_owned() } else { folder.to_owned() }
}

/// Installs packages quietly. What is read but once is not compiled before.
const INSTALL: [&str; 6] = ["-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"];

/// An environment with maturin and NumPy; none where Python or its packages are not there.
fn environment(folder: &Path) -> Option<PathBuf> {
    let environment = folder.join("environment");
    let made = Command::new("python3").args(["-m", "venv"]).arg(&environment).output().ok()?;
    let python = environment.join("bin/python");
    let mut pip = Command::new(&python);
    pip.args(INSTALL).args(["maturin>=1.9,<2", "numpy"]);
    (made.status.success() && pip.output().ok()?.status.success()).then_some(python)
}

#[test]
#[ignore = "takes maturin from PyPI: `cargo xtask check` runs it"]
fn the_wheel_is_what_programs_expect() {
    let folder = tempfile::tempdir().unwrap();
    let Some(python) = environment(folder.path()) else {
        skipped::skipped("the_wheel_is_what_programs_expect", "no Python, or no PyPI to take maturin from");
        return;
    };
    let (root, wheels) = (Path::new(env!("CARGO_MANIFEST_DIR")), folder.path().join("wheels"));
    let mut maturin = Command::new(&python);
    maturin.args(["-m", "maturin", "build", "--features", FEATURES, "--profile", &profile(), "--out"]);
    maturin.arg(&wheels);
    succeeds(maturin.current_dir(root));
    let wheel = std::fs::read_dir(&wheels).unwrap().next().unwrap().unwrap().path();
    succeeds(Command::new(&python).args(INSTALL).arg("--no-deps").arg(&wheel));
    let tested =
        succeeds(Command::new(&python).arg(root.join("tests/test_remel.py")).current_dir(folder.path()));
    assert!(String::from_utf8_lossy(&tested.stderr).contains("\nOK"), "{tested:?}");
}
