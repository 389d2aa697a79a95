//! clap-validator: a workspace of which the validator alone is built.

use super::verdict::Verdict;
use super::workshop::{Workshop, commit, counts};
use crate::bundle;
use crate::cargo::target_dir;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::process::Command;

const NAME: &str = "clap-validator";

/// Builds the validator and runs it on the CLAP plugin.
pub fn run(workshop: &Workshop, source: &Path) -> Result<Vec<Verdict>> {
    let place = workshop.place(NAME);
    fs::create_dir_all(&place)?;
    let manifest = source.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?;
    fs::write(place.join("Cargo.toml"), alone(&text, source).context("a Cargo.toml of another form")?)?;
    fs::copy(source.join("Cargo.lock"), place.join("Cargo.lock")).context("Cargo.lock")?;
    let mut build = Command::new("cargo");
    build.current_dir(&place).args(["build", "--release", "--target-dir"]).arg(place.join("target"));
    workshop.build("clap-validator-build", build)?;

    let mut validate = Command::new(place.join("target/release").join(NAME));
    validate.arg("validate").arg(bundle::clap_path(&target_dir()?));
    let finished = workshop.run(NAME, validate)?;
    let log = finished.log.display();
    // A warning is a pass with a remark.
    let words = ["passed", "failed", "warnings", "skipped"];
    let [passed, failed, warnings, skipped] =
        counts(&finished.text, words).with_context(|| format!("{}, see {log}", finished.status))?;
    let mut remarks = Vec::new();
    if failed + warnings > 0 {
        remarks.push(format!("{warnings} of the passed with a warning, see {log}"));
    }
    let validator = format!("{NAME} {}", commit(source)?);
    Ok(vec![Verdict { validator, passed: passed + warnings, failed, skipped, remarks }])
}

/// A manifest that stands elsewhere than its sources, without the members of its workspace: they are plugins for tests
/// of the validator itself, from repositories that a machine without access to them could not resolve.
fn alone(manifest: &str, source: &Path) -> Option<String> {
    let (before, members) = manifest.split_once("members = [")?;
    let (_members, after) = members.split_once(']')?;
    let main = source.join("src/main.rs");
    Some(format!("{before}{after}\n[[bin]]\nname = '{NAME}'\npath = '{}'\n", main.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_loses_its_members_and_finds_its_sources() {
        let manifest = "[workspace]\nmembers = [\n    \".\",\n    \"tests/a\",\n]\n\n[package]\n";
        let expected =
            "[workspace]\n\n\n[package]\n\n[[bin]]\nname = 'clap-validator'\npath = '/s/src/main.rs'\n";
        assert_eq!(alone(manifest, Path::new("/s")).unwrap(), expected);
        assert_eq!(alone("[package]\n", Path::new("/s")), None);
    }
}
