//! Cargo as the check runs it: with what, where to, and what is shown of it.

use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::process::Command;

/// The arguments that let cargo build as the check does: the profile of `.cargo/config.toml`.
pub const QUICK: &[&str] = &["--profile", "quick"];
/// With [`QUICK`], the library is not optimized either: for a build of it that runs but once.
pub const SLOW_LIBRARY: &[&str] = &["--config", "profile.quick.package.remel.opt-level=0"];

/// Cargo's target folder.
pub fn target_dir() -> Result<PathBuf> {
    let quick = quick_dir()?;
    quick.parent().map(PathBuf::from).with_context(|| format!("{}: not in a target folder", quick.display()))
}

/// Where cargo builds in the profile `quick`. This program was built so, so that is where it lies.
pub fn quick_dir() -> Result<PathBuf> {
    let own = std::env::current_exe().context("the path of xtask itself")?;
    own.parent().map(PathBuf::from).with_context(|| format!("{}: not in a target folder", own.display()))
}

/// Runs `command`, and shows what it says only where it fails.
///
/// # Errors
/// It does not start, or fails: with the whole of its output.
pub fn quietly(command: &mut Command) -> Result<()> {
    let answer = command.output().with_context(|| format!("{command:?} does not start"))?;
    let said = [answer.stdout, answer.stderr].concat();
    ensure!(answer.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&said));
    Ok(())
}
