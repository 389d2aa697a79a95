//! `cargo xtask api`: what the library offers to other crates, one item a line, kept in `docs/public-api.txt`, so that
//! whatever is added, changed or taken away shows in review.

use crate::cargo::target_dir;
use crate::reading::{self, Reader};
use anyhow::{Context, Result, bail, ensure};
use public_api::Builder;
use std::collections::BTreeSet;
use std::fs;

const KEPT: &str = "docs/public-api.txt";
const DEFAULT: &str =
    "# The library's public API with its default features, written by `cargo xtask api --write`.";
const ADDED: &str = "# What the features gpu and train add.";
const HOW: &str = "cargo xtask api --write";
const LIBRARY: &[&str] = &["--quiet", "--package", "remel", "--lib"];
/// The JSON format that the `public-api` of this crate's Cargo.toml reads.
const FORMAT: u64 = 57;

/// Compares the listing with the sources, or with `--write` writes it anew. Says SKIPPED where the API is another, because
/// of the tile unit, and where rustdoc writes another format than is read here.
///
/// # Errors
/// The lines that differ: `-` are kept and not in the sources, `+` the other way round.
pub fn run(mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let write = match arguments.next().as_deref() {
        None => false,
        Some("--write") => true,
        Some(other) => bail!("cargo xtask api: found {other}, expected nothing or --write"),
    };
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) {
        println!("public API: SKIPPED, it is listed on Linux on x86-64");
        return Ok(());
    }
    let Some(listing) = listing()? else { return Ok(()) };
    if write {
        return fs::write(KEPT, listing).with_context(|| format!("{KEPT}: cannot write"));
    }
    let kept = fs::read_to_string(KEPT).with_context(|| format!("{KEPT}: cannot read; {HOW} writes it"))?;
    ensure!(kept == listing, "{KEPT} is not what the sources say; {HOW}\n{}", difference(&kept, &listing));
    Ok(())
}

/// The items with the default features, and below them those that others add.
fn listing() -> Result<Option<String>> {
    let Some(default) = items(&[])? else { return Ok(None) };
    let Some(all) = items(&["--features", "gpu,train"])? else { return Ok(None) };
    let added = all.into_iter().filter(|item| !default.contains(item)).collect::<Vec<_>>();
    let sections = [vec![DEFAULT.into()], default, vec![ADDED.into()], added];
    Ok(Some(sections.concat().join("\n") + "\n"))
}

/// One line for each public item, or nothing where they cannot be read.
fn items(features: &[&str]) -> Result<Option<Vec<String>>> {
    let path = target_dir()?.join("doc/remel.json");
    // What is read below is of this run, or missing.
    if path.exists() {
        fs::remove_file(&path).with_context(|| path.display().to_string())?;
    }
    reading::build(Reader::RustdocJson, &[LIBRARY, features].concat())?;
    let text = fs::read_to_string(&path).with_context(|| format!("{}: cannot read", path.display()))?;
    let json: serde_json::Value = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    let format = json["format_version"].as_u64();
    if format != Some(FORMAT) {
        println!("public API: SKIPPED, rustdoc writes JSON of format {format:?}, and {FORMAT} is read");
        return Ok(None);
    }
    let api = Builder::from_rustdoc_json(path).omit_blanket_impls(true).omit_auto_trait_impls(true);
    let short = lines(api.clone().omit_auto_derived_impls(true))?.into_iter().collect::<BTreeSet<_>>();
    // Of what is derived, that it is, without its functions.
    let derived = |line: &str| line.starts_with("impl ") && !line.contains("::StructuralPartialEq ");
    let kept = lines(api)?.into_iter().filter(|line| short.contains(line) || derived(line));
    Ok(Some(kept.collect()))
}

fn lines(api: Builder) -> Result<Vec<String>> {
    Ok(api.build()?.items().map(ToString::to_string).collect())
}

/// The lines that only one of the two has.
fn difference(kept: &str, found: &str) -> String {
    let (kept, found): (BTreeSet<_>, BTreeSet<_>) = (kept.lines().collect(), found.lines().collect());
    let gone = kept.difference(&found).map(|line| format!("- {line}"));
    let new = found.difference(&kept).map(|line| format!("+ {line}"));
    gone.chain(new).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn only_what_differs_is_said() {
        assert_eq!(
            difference("pub mod a\npub fn a::b()\n", "pub mod a\npub fn a::c()\n"),
            "- pub fn a::b()\n+ pub fn a::c()"
        );
    }
}
