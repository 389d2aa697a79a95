//! `cargo xtask miri`: what threads share without a lock (the pool of threads, the rows that they write, the link
//! between a stream and its worker), interpreted instruction by instruction in search of undefined behaviour and races.

use anyhow::{Context, Result, ensure};
use std::process::{Command, Stdio};

/// The modules whose tests run: they open no file and are small under `cfg!(miri)`.
const MODULES: &[&str] = &["kernel::buffer", "kernel::executor", "kernel::pool", "stream::link"];

/// Runs the tests where a nightly toolchain with Miri is installed, and says SKIPPED elsewhere.
///
/// # Errors
/// A test that fails, by what Miri says of it.
pub fn run() -> Result<()> {
    // Without an input it asks for nothing that it misses.
    let ready = miri().arg("setup").stdin(Stdio::null()).output();
    if !ready.is_ok_and(|answer| answer.status.success()) {
        println!("miri: SKIPPED, not installed: rustup toolchain install nightly --component miri,rust-src");
        return Ok(());
    }
    let mut test = miri();
    test.args(["test", "--package", "remel", "--no-default-features", "--lib", "--"]).args(MODULES);
    let status = test.status().context("rustup does not start")?;
    ensure!(status.success(), "miri: {status}");
    Ok(())
}

fn miri() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo", "miri"]);
    command
}
