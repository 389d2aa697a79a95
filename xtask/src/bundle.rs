//! Plugin bundles and the standalone program, gathered in `target/bundled`.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const PACKAGE: &str = "remel-plugin";
const STANDALONE: &str = if cfg!(windows) { "remel-standalone.exe" } else { "remel-standalone" };

/// Cargo's target folder. This program was built into `<target>/release`, so that is where it lies.
pub fn target_dir() -> Result<PathBuf> {
    let own = std::env::current_exe().context("the path of xtask itself")?;
    let target = own.parent().and_then(|profile| profile.parent());
    target.map(PathBuf::from).with_context(|| format!("{}: not in a target folder", own.display()))
}

/// The bundled CLAP plugin: a file, or on macOS a folder.
pub fn clap_path() -> Result<PathBuf> {
    Ok(target_dir()?.join("bundled/Remel.clap"))
}

/// The bundled VST3 plugin, a folder.
pub fn vst3_path() -> Result<PathBuf> {
    Ok(target_dir()?.join("bundled/Remel.vst3"))
}

/// Compiles the plugin and the standalone program.
pub fn build() -> Result<()> {
    let status = Command::new("cargo").args(["build", "--release", "--package", PACKAGE]).status();
    ensure!(status.context("cargo does not start")?.success(), "cargo build of {PACKAGE} failed");
    Ok(())
}

/// Gathers what a release build left: bundles as `bundler.toml` names them, and the standalone program.
pub fn pack() -> Result<()> {
    let target = target_dir()?;
    nice_plug_xtask::bundle(&target, PACKAGE, &["--release".to_owned()], false)?;
    let (built, packed) = (target.join("release").join(STANDALONE), target.join("bundled").join(STANDALONE));
    fs::copy(&built, &packed).with_context(|| format!("{} → {}", built.display(), packed.display()))?;
    eprintln!("Created a standalone program at '{}'", packed.display());
    Ok(())
}
