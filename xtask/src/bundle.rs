//! Plugin bundles and the standalone program, gathered in one folder.

use crate::cargo::target_dir;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "remel-plugin";
const STANDALONE: &str = if cfg!(windows) { "remel-standalone.exe" } else { "remel-standalone" };

/// The CLAP plugin that [`pack`] has put into `folder`: a file, or on macOS a folder.
pub fn clap_path(folder: &Path) -> PathBuf {
    folder.join("bundled/Remel.clap")
}

/// The VST3 plugin that [`pack`] has put into `folder`, a folder.
pub fn vst3_path(folder: &Path) -> PathBuf {
    folder.join("bundled/Remel.vst3")
}

/// Compiles the plugin and the standalone program, optimized, and gathers them in `target/bundled`, for users.
pub fn build_and_pack() -> Result<()> {
    let status = Command::new("cargo").args(["build", "--release", "--package", PACKAGE]).status();
    ensure!(status.context("cargo does not start")?.success(), "cargo build of {PACKAGE} failed");
    pack(&target_dir()?, "release")
}

/// Gathers in `folder/bundled` what cargo left in `folder/profile`: bundles as `bundler.toml` names them, and the standalone
/// program.
pub fn pack(folder: &Path, profile: &str) -> Result<()> {
    nice_plug_xtask::bundle(folder, PACKAGE, &["--profile".to_owned(), profile.to_owned()], false)?;
    let (built, packed) = (folder.join(profile).join(STANDALONE), folder.join("bundled").join(STANDALONE));
    fs::copy(&built, &packed).with_context(|| format!("{} → {}", built.display(), packed.display()))?;
    eprintln!("Created a standalone program at '{}'", packed.display());
    Ok(())
}
