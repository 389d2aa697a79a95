//! The patched dependencies in `vendor/` and the text of their patch, which has to go to where they come from.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::process::Command;

const PATCH: &str = "docs/nice-plug.patch";

/// Checks that the patch takes the copies back to what was published, and that it is all of what was changed in the files
/// that it names: their hashes are in it.
///
/// # Errors
/// The first file that the patch does not fit.
pub fn check() -> Result<()> {
    git(&["apply", "--check", "--reverse", PATCH]).with_context(|| format!("{PATCH} cannot be reversed"))?;
    let patch = fs::read_to_string(PATCH).with_context(|| format!("{PATCH}: cannot read"))?;
    let files = patch.lines().filter_map(|line| line.strip_prefix("+++ b/"));
    let hashes = patch.lines().filter_map(|line| line.strip_prefix("index ")).filter_map(new_hash);
    for (file, hash) in files.zip(hashes) {
        let found = git(&["hash-object", file])?;
        ensure!(found.trim() == hash, "{file} is not what {PATCH} makes it: see docs/nice-plug.md");
    }
    Ok(())
}

/// The hash after the change, of `before..after mode`.
fn new_hash(index: &str) -> Option<&str> {
    index.split(' ').next()?.split_once("..").map(|(_, after)| after)
}

fn git(arguments: &[&str]) -> Result<String> {
    let answer = Command::new("git").args(arguments).output().context("git does not start")?;
    let said = String::from_utf8_lossy(&answer.stderr);
    ensure!(answer.status.success(), "git {}: {}", arguments.join(" "), said.trim());
    Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
}
