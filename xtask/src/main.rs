//! `cargo xtask bundle` builds the plugin; `cargo xtask check` is every check that needs nothing but this repository,
//! `cargo xtask validate` what the public validators say.

mod api;
mod archive;
mod bundle;
mod cargo;
mod check;
mod dist;
mod imports;
mod miri;
mod package;
mod packages;
mod patched;
mod reading;
mod validate;

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask <command>
  api      that docs/public-api.txt lists what the library offers; --write writes it
  bundle   build Remel.clap, Remel.vst3 and remel-standalone into target/bundled
  check    formatting, import rules, lints, build, bundle, tests and the test in a CLAP host
  dist     an archive with all of it, the library for C and the licences of dependencies, in target/dist
  imports  the import rules alone
  package  the crate as it is published: packed, built outside of the workspace, its examples run
  miri     the tests of what threads share without a lock, in Miri where it is installed
  validate run clap-validator, pluginval and the VST3 validator, built from sources: see docs/hosts.md";

fn main() -> ExitCode {
    if let Some(code) = reading::rustc() {
        return code;
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let here = std::env::current_dir()?;
    let root = workspace_root()?;
    std::env::set_current_dir(&root).with_context(|| format!("{}: cannot enter", root.display()))?;
    match std::env::args().nth(1).as_deref() {
        Some("api") => api::run(std::env::args().skip(2)),
        Some("bundle") => {
            packages::ensure()?;
            bundle::build_and_pack()
        }
        Some("check") => check::run(),
        Some("dist") => dist::run(),
        Some("package") => package::run(),
        Some("miri") => miri::run(),
        Some("validate") => validate::run(&here, std::env::args().skip(2)),
        Some("imports") => imports::check(&root),
        _ => bail!("{USAGE}"),
    }
}

/// The folder of the workspace's `Cargo.toml`: the parent of this crate's.
fn workspace_root() -> Result<PathBuf> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().map(PathBuf::from).context("xtask lies in no workspace")
}
