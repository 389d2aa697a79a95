//! `cargo xtask dist`: an archive of all that users install, for the platform that it runs on.

use crate::cargo::target_dir;
use crate::{archive, bundle, packages};
use anyhow::{Context, Result, bail, ensure};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX, EXE_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The program that lists licences, and the version that `about.toml` is written for.
const ABOUT: [&str; 2] = ["cargo-about", "0.9.3"];
/// What the repository gives to the archive, and where it goes there.
const FILES: &[(&str, &str)] = &[
    ("README.md", "README.md"),
    ("CHANGELOG.md", "CHANGELOG.md"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("assets/models/bandwave.md", "MODELS.md"),
    ("capi/include/remel.h", "include/remel.h"),
];

/// Builds everything, and packs it into `target/dist/remel-VERSION-PLATFORM.tar.xz` with its checksum beside it.
///
/// # Errors
/// What does not build, and a dependency whose licence `about.toml` does not accept.
pub fn run() -> Result<()> {
    packages::ensure()?;
    let target = target_dir()?;
    let folder = target.join("dist").join(format!("remel-{}-{}", env!("CARGO_PKG_VERSION"), platform()?));
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    fs::create_dir_all(folder.join("lib")).with_context(|| folder.display().to_string())?;
    // Before all that takes long.
    licences(&target, &folder.join("THIRD-PARTY.html"))?;
    cargo(&[
        "build",
        "--release",
        "--package",
        "remel",
        "--package",
        "remel-plugin",
        "--package",
        "remel-capi",
    ])?;
    bundle::pack(&target, "release")?;

    copy_all(&target.join("bundled"), &folder)?;
    for (from, to) in FILES {
        copy(Path::new(from), &folder.join(to))?;
    }
    let built = target.join("release");
    copy(&built.join(format!("remel{EXE_SUFFIX}")), &folder.join(format!("remel{EXE_SUFFIX}")))?;
    let library = format!("{DLL_PREFIX}remel_c");
    let (shared, fixed) = (format!("{library}{DLL_SUFFIX}"), if cfg!(windows) { ".lib" } else { ".a" });
    for name in [shared, format!("{library}{fixed}")] {
        copy(&built.join(&name), &folder.join("lib").join(&name))?;
    }
    println!("{}", archive::pack(&folder)?.display());
    Ok(())
}

/// The target that rustc builds for where nothing else is said, such as `x86_64-unknown-linux-gnu`.
fn platform() -> Result<String> {
    let answer =
        Command::new("rustc").args(["--print", "host-tuple"]).output().context("rustc does not start")?;
    ensure!(answer.status.success(), "rustc --print host-tuple: {}", String::from_utf8_lossy(&answer.stderr));
    Ok(String::from_utf8(answer.stdout)?.trim().to_owned())
}

/// Writes the licences of all that is in the archive to `path`.
fn licences(target: &Path, path: &Path) -> Result<()> {
    let about = about(target)?;
    let mut command = Command::new(about);
    command.args(["generate", "--workspace", "--locked", "--fail", "--output-file"]);
    let answer = command.arg(path).arg("about.hbs").output().context("cargo-about does not start")?;
    if !answer.status.success() {
        bail!("cargo-about: {}", String::from_utf8_lossy(&answer.stderr));
    }
    Ok(())
}

/// The path of cargo-about, which is built into `target/tools` where it is not there.
fn about(target: &Path) -> Result<PathBuf> {
    let tools = target.join("tools");
    let program = tools.join("bin").join(format!("{}{EXE_SUFFIX}", ABOUT[0]));
    if !program.exists() {
        let tools = tools.to_string_lossy();
        let [name, version] = ABOUT;
        cargo(&["install", name, "--version", version, "--locked", "--features", "cli", "--root", &tools])?;
    }
    Ok(program)
}

fn cargo(arguments: &[&str]) -> Result<()> {
    let status = Command::new("cargo").args(arguments).status().context("cargo does not start")?;
    ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(())
}

/// Copies what lies in the folder `from` into the folder `to`, folders and all.
fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for entry in walkdir::WalkDir::new(from).min_depth(1) {
        let entry = entry?;
        let place = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&place).with_context(|| place.display().to_string())?;
        } else {
            copy(entry.path(), &place)?;
        }
    }
    Ok(())
}

/// Copies a file, its mode included.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    fs::copy(from, to).with_context(|| format!("{} → {}", from.display(), to.display()))?;
    Ok(())
}
