//! The rules of who may import whom, held over every crate of the workspace.
//!
//! [`rules`] holds the tables; [`source`] reads a file, [`modules`] finds the file that a path means, and [`circles`]
//! finds the files that import one another. Each violation is one line.

mod circles;
mod modules;
mod place;
mod rules;
mod source;
mod syntax;

#[cfg(test)]
mod tests;

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use walkdir::WalkDir;

use modules::Modules;
use place::Place;
use rules::{RULES, Rules};
use source::{Mention, Source};

/// Checks every file.
///
/// # Errors
/// All violations, one line each: `file:line: what is wrong`.
pub fn check(root: &Path) -> Result<()> {
    let mut sources = Vec::new();
    for folder in place::FOLDERS {
        for entry in WalkDir::new(root.join(folder)).sort_by_file_name() {
            let entry = entry.with_context(|| format!("{folder}: cannot list"))?;
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(path).with_context(|| format!("{name}: cannot read"))?;
            sources.push(Source::read(&name, &text).with_context(|| format!("{name}: cannot parse"))?);
        }
    }
    let violations = violations(&sources, &RULES);
    if violations.is_empty() { Ok(()) } else { bail!("{}", violations.join("\n")) }
}

/// What is wrong with `sources` by `rules`.
fn violations(sources: &[Source], rules: &Rules) -> Vec<String> {
    let modules = Modules::of(sources);
    let mut found = Vec::new();
    for source in sources {
        found.extend(misplaced_words(source, rules));
        found.extend(forbidden_imports(source, &modules, rules));
    }
    let layers: BTreeSet<_> = sources.iter().filter_map(|source| source.place.layer.as_deref()).collect();
    let stale = rules.layers.iter().filter(|(layer, _)| !layers.contains(layer));
    found.extend(stale.map(|(layer, _)| format!("{}: `{layer}` has a row and no file", rules::FILE)));
    found.extend(circles::violations(sources, &modules, rules.known_circles));
    found
}

fn misplaced_words(source: &Source, rules: &Rules) -> Vec<String> {
    let mut found = Vec::new();
    for (word, places) in rules.confined.iter().filter(|_| source.place.is_product) {
        if !places.iter().any(|pattern| place::within(&source.name, pattern)) {
            let lines = source.words.iter().filter(|(spelt, _)| spelt == word).map(|(_, line)| line);
            let places = places.join(", ");
            found.extend(lines.map(|line| format!("{}:{line}: `{word}` belongs in {places}", source.name)));
        }
    }
    found
}

fn forbidden_imports(source: &Source, modules: &Modules, rules: &Rules) -> Vec<String> {
    let name = &source.name;
    let Some(layer) = &source.place.layer else { return Vec::new() };
    let Some(allowed) = rules.allowed(layer) else {
        return vec![format!("{name}:1: module `{layer}` has no row in {}", rules::FILE)];
    };
    let targets = source.mentions.iter().filter_map(|mention| Some((mention.line, target(mention, modules)?)));
    let targets: BTreeSet<_> = targets.collect();
    let forbidden = targets.iter().filter(|(_, target)| target != layer && !allowed.contains(&target.as_str()));
    let allowed = allowed.join(", ");
    forbidden
        .map(|(line, target)| format!("{name}:{line}: `{layer}` must not import `{target}`, only {allowed}"))
        .collect()
}

/// The layer that `mention` names from the root of its crate, of its module or of the library.
fn target(mention: &Mention, modules: &Modules) -> Option<String> {
    let path = modules.anchored(&mention.scope, &mention.path)?;
    let named = path.get(..2).filter(|top| modules.contains(top));
    // What is no module is an item that the crate's root re-exports.
    let top = named.map(<[_]>::to_vec).or_else(|| modules.home(&path))?;
    Place::of_module(&top)
}
