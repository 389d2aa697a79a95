//! `cargo xtask package`: the library and the program as crates.io gets them, built and run outside of the workspace.

use crate::cargo::{QUICK, SLOW_LIBRARY, quick_dir, target_dir};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What crates.io takes.
const MOST_BYTES: u64 = 10_000_000;
/// The program that is in it.
const PROGRAM: &str = if cfg!(windows) { "remel.exe" } else { "remel" };
/// The profile of the workspace, for what then lies outside of it, so that dependencies are built once.
const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../.cargo/config.toml");
/// A tenth of a second of sound, which such programs render in seconds. It is not in the package.
const SOUND: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/audio/s16.au");
/// The examples that need nothing but the package itself, with what they are given there.
const EXAMPLES: &[(&str, &[&str])] = &[
    ("vocode", &[SOUND, "out.wav"]),
    ("stream", &[SOUND, "out.wav"]),
    ("bytes", &["assets/models/tts.safetensors"]),
];

/// The program as the package builds it: for the CPU alone.
pub fn program() -> Result<PathBuf> {
    Ok(target_dir()?.join("package").join(PROGRAM))
}

/// Packs the crate, unpacks it in a folder of its own, builds its program and runs its examples there.
///
/// # Errors
/// It is too large, or does not build or run.
pub fn run() -> Result<()> {
    let package = ["package", "--package", "remel", "--no-verify", "--allow-dirty", "--quiet"];
    ensure!(Command::new("cargo").args(package).status()?.success(), "cargo package failed");
    let target = target_dir()?;
    let name = format!("remel-{}", env!("CARGO_PKG_VERSION"));
    let packed = target.join("package").join(format!("{name}.crate"));
    let bytes = fs::metadata(&packed).with_context(|| packed.display().to_string())?.len();
    ensure!(bytes <= MOST_BYTES, "{}: found {bytes} bytes, expected at most {MOST_BYTES}", packed.display());

    // Outside of the workspace, whose Cargo.toml would be found above it.
    let folder = std::env::temp_dir().join(format!("remel-package-{}", std::process::id()));
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let outcome = build_and_run(&packed, &folder, &target);
    fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    outcome
}

fn build_and_run(packed: &Path, folder: &Path, target: &Path) -> Result<()> {
    crate::archive::unpack(packed, folder)?;
    let root = folder.join(format!("remel-{}", env!("CARGO_PKG_VERSION")));
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new("cargo");
        command.args(arguments).args(QUICK).args(["--config", CONFIG]).args(SLOW_LIBRARY);
        command.current_dir(&root).env("CARGO_TARGET_DIR", target);
        command
    };
    let build = cargo(&["build", "--locked", "--bins", "--examples"]).output();
    let build = build.context("cargo does not start")?;
    if !build.status.success() {
        bail!("{}: does not build\n{}", packed.display(), String::from_utf8_lossy(&build.stderr));
    }
    // Away from where the workspace's own is expected, which cargo puts there again.
    let built = quick_dir()?.join(PROGRAM);
    fs::rename(&built, program()?).with_context(|| built.display().to_string())?;
    for (name, arguments) in EXAMPLES {
        let mut run = cargo(&["run", "--locked", "--quiet", "--example", name]);
        let run = run.arg("--").args(*arguments).output()?;
        ensure!(run.status.success(), "example {name}: {}", String::from_utf8_lossy(&run.stderr));
    }
    Ok(())
}
