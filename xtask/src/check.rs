//! Every check, cheapest first: one line per step, and the first that fails ends the run.
//!
//! All that compiles does so in the release profile and over the whole workspace, so that no dependency is built
//! twice.

use crate::{bundle, imports, packages};
use anyhow::{Context, Result, bail, ensure};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// One step of the check.
struct Step {
    name: &'static str,
    work: Work,
}

/// What a step does.
enum Work {
    /// A check of our own.
    Own(fn() -> Result<()>),
    /// `cargo` with these arguments, whose output is shown only where it fails.
    Cargo(&'static [&'static str]),
    /// `cargo test` with these arguments, whose output is always shown; `REMEL_CLAP` names the bundled plugin.
    Test(&'static [&'static str]),
}

const STEPS: &[Step] = &[
    Step { name: "format", work: Work::Cargo(&["fmt", "--all", "--check"]) },
    Step { name: "imports", work: Work::Own(|| imports::check(Path::new("."))) },
    Step { name: "packages", work: Work::Own(packages::ensure) },
    Step {
        name: "clippy",
        work: Work::Cargo(&["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    },
    Step { name: "build", work: Work::Cargo(&["build", "--release", "--workspace", "--all-targets"]) },
    Step { name: "bundle", work: Work::Own(bundle::pack) },
    Step { name: "tests", work: Work::Test(&["--release", "--workspace"]) },
    Step { name: "host", work: Work::Test(&["--release", "--workspace", "--test", "host", "--", "--ignored"]) },
];

/// Runs all steps.
///
/// # Errors
/// The first step that fails, by name.
pub fn run() -> Result<()> {
    for (index, step) in STEPS.iter().enumerate() {
        print!("[{}/{}] {} … ", index + 1, STEPS.len(), step.name);
        std::io::stdout().flush()?;
        let start = Instant::now();
        step.work.run().with_context(|| format!("step `{}` failed", step.name))?;
        println!("{} ok in {:.1} s", step.name, start.elapsed().as_secs_f64());
    }
    Ok(())
}

impl Work {
    fn run(&self) -> Result<()> {
        match self {
            Self::Own(check) => check(),
            Self::Cargo(arguments) => {
                let answer = Command::new("cargo").args(*arguments).output().context("cargo does not start")?;
                if answer.status.success() {
                    return Ok(());
                }
                let said = [answer.stdout, answer.stderr].concat();
                bail!("cargo {}\n{}", arguments.join(" "), String::from_utf8_lossy(&said))
            }
            Self::Test(arguments) => {
                println!("cargo test {}", arguments.join(" "));
                let mut command = Command::new("cargo");
                command.arg("test").args(*arguments).env("REMEL_CLAP", bundle::clap_path()?);
                let status = command.status().context("cargo does not start")?;
                ensure!(status.success(), "cargo test {}", arguments.join(" "));
                Ok(())
            }
        }
    }
}
