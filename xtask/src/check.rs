//! Every check, the cheaper first: one line per step, and the first that fails ends the run.
//!
//! All that compiles does so in the profile `quick` of `.cargo/config.toml` and with the features that the whole workspace
//! has, so that no dependency is built twice; lints and documentation find them built too: see `reading.rs`. Apart from
//! that stand the package, which is built as others would, and this crate: its parser knows the lines of the sources, and
//! with that feature burn, which stands on a part of the parser, would be built once more.

use crate::cargo::{QUICK, SLOW_LIBRARY, quick_dir, quietly};
use crate::reading::{self, Reader};
use crate::{api, bundle, imports, miri, package, packages, patched};
use anyhow::{Context, Result, ensure};
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
    Cargo(&'static [&'static [&'static str]]),
    /// What one finds who reads the crates that `cargo build` with these arguments is about.
    Read(Reader, &'static [&'static [&'static str]]),
    /// Nothing, for a reason that is told.
    Skipped(&'static str),
    /// `cargo test` with these arguments, whose output is always shown; `REMEL_CLAP` names the bundled plugin, and
    /// `REMEL_CPU_ALONE` the packaged program.
    Test(&'static [&'static [&'static str]]),
}

/// All crates but this one, with all that they can do but training on GPUs.
const PRODUCT: &[&str] = &["--workspace", "--exclude", "xtask", "--features", FEATURES];
const FEATURES: &str = "remel/default,remel/gpu,remel/train,remel-capi/gpu,remel-python/gpu,remel-python/train";
/// What the library has there.
const LIBRARY: &str = "remel/default,remel/gpu,remel/train";
/// What lies in folders named `tests`.
const TESTS: &[&str] = &["--test", "*"];
/// This crate.
const OWN: &[&str] = &["--package", "xtask"];

const STEPS: &[Step] = &[
    Step { name: "format", work: Work::Cargo(&[&["fmt", "--all", "--check"]]) },
    Step { name: "imports", work: Work::Own(|| imports::check(Path::new("."))) },
    Step { name: "patch of dependencies", work: Work::Own(patched::check) },
    Step { name: "packages", work: Work::Own(packages::ensure) },
    Step {
        name: "lints and documentation",
        work: Work::Read(Reader::ClippyAndRustdoc, &[&["--all-targets"], PRODUCT]),
    },
    Step {
        name: "lints of the program for the CPU alone",
        work: Work::Read(Reader::Clippy, &[&["--package", "remel", "--all-targets"]]),
    },
    Step {
        name: "lints of the library alone",
        work: Work::Read(Reader::Clippy, &[&["--package", "remel", "--no-default-features", "--lib"]]),
    },
    Step { name: "lints of xtask", work: Work::Read(Reader::Clippy, &[&["--all-targets"], OWN]) },
    Step { name: "public API", work: Work::Own(|| api::run(std::iter::empty())) },
    // Before all else that is built, whose programs then take the place of those that are not optimized.
    Step { name: "package", work: Work::Own(package::run) },
    // Benches are linted above, and no test runs them.
    Step {
        name: "build",
        work: Work::Cargo(&[&["build", "--lib", "--bins", "--examples"], TESTS, QUICK, PRODUCT]),
    },
    // Not into `target/bundled`, where users find what is optimized.
    Step { name: "bundle", work: Work::Own(|| bundle::pack(&quick_dir()?, ".")) },
    Step { name: "tests of xtask", work: Work::Test(&[QUICK, OWN]) },
    // Unit tests have a build of their whole crate to themselves, which is not worth optimizing.
    Step {
        name: "unit tests of the library",
        work: Work::Test(&[QUICK, &["--package", "remel", "--lib", "--features", "gpu,train"], SLOW_LIBRARY]),
    },
    // With what the library has above, so that it is not built again.
    Step {
        name: "unit tests of the plugin",
        work: Work::Test(&[QUICK, &["--package", "remel-plugin", "--lib", "--features", LIBRARY]]),
    },
    Step { name: "tests", work: Work::Test(&[QUICK, TESTS, PRODUCT]) },
    Step { name: "examples in the documentation", work: Work::Test(&[QUICK, &["--doc"], PRODUCT]) },
    Step { name: "wheel", work: Work::Test(&[QUICK, PRODUCT, &["--test", "wheel", "--", "--ignored"]]) },
    Step {
        name: "training on GPUs",
        work: Work::Skipped(
            "burn through wgpu takes as long to build as all else: cargo test --features train-gpu",
        ),
    },
    Step { name: "miri", work: Work::Own(miri::run) },
    Step { name: "host", work: Work::Test(&[QUICK, PRODUCT, &["--test", "host", "--", "--ignored"]]) },
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
            Self::Skipped(why) => {
                println!("SKIPPED: {why}");
                Ok(())
            }
            Self::Cargo(arguments) => quietly(Command::new("cargo").args(arguments.concat())),
            Self::Read(reader, arguments) => reading::build(*reader, &arguments.concat()),
            Self::Test(arguments) => {
                let arguments = arguments.concat();
                println!("cargo test {}", arguments.join(" "));
                let mut command = Command::new("cargo");
                command.arg("test").args(&arguments);
                command.env("REMEL_CLAP", bundle::clap_path(&quick_dir()?));
                command.env("REMEL_CPU_ALONE", package::program()?);
                let status = command.status().context("cargo does not start")?;
                ensure!(status.success(), "cargo test {}", arguments.join(" "));
                Ok(())
            }
        }
    }
}
