//! This program in rustc's place: it reads the crates of this repository, with what their dependencies were built as, and
//! compiles nothing.
//!
//! `cargo clippy` and `cargo doc` have every dependency read once more for themselves alone: a tenth of the whole check.

use crate::cargo::{QUICK, quietly, target_dir};
use anyhow::{Context, Result, bail};
use std::env;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Set where cargo runs this program in place of rustc: to the name of a [`Reader`].
const AS: &str = "REMEL_XTASK_AS";

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reader {
    /// Clippy, with every warning an error.
    Clippy,
    /// Clippy, then rustdoc, which leaves pages in `target/doc`.
    ClippyAndRustdoc,
    /// Rustdoc, which leaves its JSON in `target/doc`.
    RustdocJson,
}

const READERS: [Reader; 3] = [Reader::Clippy, Reader::ClippyAndRustdoc, Reader::RustdocJson];

/// Runs `cargo build` in the profile `quick`, in which dependencies are compiled, and `reader` has the crates of this repository:
/// all of them each time, as cargo finds nothing that came of the last one.
///
/// # Errors
/// What the reader finds.
pub fn build(reader: Reader, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("cargo");
    command.arg("build").args(QUICK).args(arguments);
    // A compiler of a name of its own: cargo keeps what it leaves apart from what is compiled.
    command.env("RUSTC_WORKSPACE_WRAPPER", env::current_exe()?).env(AS, format!("{reader:?}"));
    quietly(&mut command)
}

/// Runs as rustc where cargo was told to take this program for it.
pub fn rustc() -> Option<ExitCode> {
    let name = env::var(AS).ok()?;
    let reader = READERS.into_iter().find(|reader| format!("{reader:?}") == name);
    let done =
        reader.with_context(|| format!("{AS}={name}")).and_then(|reader| read(reader, env::args().skip(1)));
    Some(done.map_or_else(
        |error| {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    ))
}

/// Lets `reader` have the crate that `call`, a compiler and its arguments, is to compile.
fn read(reader: Reader, call: impl Iterator<Item = String>) -> Result<()> {
    let call: Vec<String> = call.collect();
    let (rustc, arguments) = call.split_first().context("no compiler")?;
    if arguments.iter().any(|argument| argument == "-vV" || argument.starts_with("--print")) {
        // No crate: cargo asks who the compiler is, and what it can do.
        return run(Command::new(rustc).args(arguments));
    }
    let arguments = with_metadata(arguments);
    if reader != Reader::RustdocJson {
        let emitted = arguments.iter().map(|argument| match argument.starts_with("--emit=") {
            // For the crates that stand on this one.
            true => "--emit=dep-info,metadata",
            false => argument,
        });
        run(Command::new("clippy-driver").arg(rustc).args(emitted).args(["-D", "warnings"]))?;
    }
    let library =
        arguments.windows(2).any(|pair| pair == ["--crate-type", "lib"] || pair == ["--crate-type", "cdylib"]);
    if reader == Reader::Clippy || !library {
        return Ok(());
    }
    let folder = target_dir()?.join("doc");
    let mut rustdoc = Command::new("rustdoc");
    rustdoc.args(of_rustdoc(&arguments, &folder.to_string_lossy())).args(["-D", "warnings"]);
    if reader == Reader::RustdocJson {
        // Only a nightly rustdoc writes it unasked. Were this set for all of cargo, the build scripts that look at it would run
        // again and with them all of burn be built again.
        rustdoc.args(["-Z", "unstable-options", "--output-format", "json"]).env("RUSTC_BOOTSTRAP", "1");
    }
    run(&mut rustdoc)
}

/// `arguments` with the metadata of crates of this repository in the place of libraries that nobody has compiled.
fn with_metadata(arguments: &[String]) -> Vec<String> {
    let known = |argument: &String| match (argument.split_once('='), argument.strip_suffix(".rlib")) {
        (Some((_, library)), Some(stem)) if !Path::new(library).exists() => format!("{stem}.rmeta"),
        _ => argument.clone(),
    };
    arguments.iter().map(known).collect()
}

/// Those of rustc's `arguments` that rustdoc knows, which is to write into `folder`.
fn of_rustdoc(arguments: &[String], folder: &str) -> Vec<String> {
    let known = arguments.iter().filter(|argument| !argument.starts_with("--emit="));
    let mut known: Vec<String> = known.cloned().collect();
    if let Some(at) = known.iter().position(|argument| argument == "--out-dir") {
        folder.clone_into(&mut known[at + 1]);
    }
    known
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.status().with_context(|| format!("{name} does not start"))? {
        status if status.success() => Ok(()),
        status => bail!("{name}: {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{of_rustdoc, with_metadata};

    #[test]
    fn rustdoc_is_told_what_it_knows_and_of_metadata_where_there_is_no_library() {
        let arguments = ["--edition=2024", "--emit=link", "--out-dir", "deps", "--extern", "x=none/x.rlib"];
        let known = of_rustdoc(&with_metadata(&arguments.map(str::to_owned)), "doc");
        assert_eq!(known, ["--edition=2024", "--out-dir", "doc", "--extern", "x=none/x.rmeta"]);
    }
}
