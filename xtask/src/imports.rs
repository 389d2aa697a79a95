//! The rules of who may import whom, held over `src/` and `plugin/src/`.
//!
//! Paths through `crate::` are read, in `use` and elsewhere; each top-level module has one row.

use crate::source::{code_of, crate_paths, line_of, words};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// A top-level module of `src/` and the other ones that it may name.
type Rule = (&'static str, &'static [&'static str]);

const RULES: &[Rule] = &[
    ("error", &[]),
    ("audio", &["error"]),
    ("mel", &["error", "audio"]),
    ("diffusion", &["error", "mel"]),
    ("kernel", &["error"]),
    ("network", &["error", "mel", "diffusion", "kernel"]),
    ("prior", &["error", "mel"]),
    ("phase", &["error", "mel"]),
    ("model", &["error", "mel", "diffusion", "network", "prior", "phase"]),
    // Of audio, checkpoint uses the writing of files that are never left half-written.
    ("checkpoint", &["error", "audio", "mel", "diffusion", "network", "prior", "model"]),
    ("compare", &["error", "mel"]),
    ("stream", &["error", "mel", "diffusion"]),
    (
        "vocoder",
        &["error", "audio", "mel", "diffusion", "network", "kernel", "prior", "phase", "model", "stream"],
    ),
    (
        "train",
        &[
            "error",
            "audio",
            "mel",
            "diffusion",
            "network",
            "kernel",
            "prior",
            "phase",
            "model",
            "checkpoint",
            "vocoder",
        ],
    ),
    (
        "cli",
        &[
            "error",
            "audio",
            "mel",
            "diffusion",
            "network",
            "kernel",
            "prior",
            "phase",
            "model",
            "checkpoint",
            "compare",
            "stream",
            "vocoder",
            "train",
        ],
    ),
];

/// A word that only some places may hold.
struct Confined {
    word: &'static str,
    places: &'static [&'static str],
}

const CONFINED: &[Confined] = &[
    Confined {
        word: "burn",
        places: &[
            "src/network/burn",
            "src/network/gpu",
            "src/network/diffwave/burn",
            // The lines that say that there is such a folder.
            "src/network/mod",
            "src/network/diffwave/mod",
            "src/train",
        ],
    },
    Confined {
        word: "unsafe",
        places: &["src/kernel", "src/network/diffwave/cpu", "src/network/diffwave/amx"],
    },
];

/// Checks every file.
///
/// # Errors
/// All violations, one line each: `file:line: what is wrong`.
pub fn check(root: &Path) -> Result<()> {
    let mut violations = Vec::new();
    for folder in ["src", "plugin/src"] {
        for file in rust_files(&root.join(folder))? {
            let source =
                fs::read_to_string(&file).with_context(|| format!("{}: cannot read", file.display()))?;
            let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            violations.extend(violations_of(&name, &code_of(&source)));
        }
    }
    if violations.is_empty() { Ok(()) } else { bail!("{}", violations.join("\n")) }
}

/// What is wrong with the file `name` (relative to the workspace) that holds `code`.
fn violations_of(name: &str, code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for Confined { word, places } in CONFINED {
        if !places.iter().any(|place| within(name, place)) {
            let lines = words(code, word).map(|at| line_of(code, at));
            found.extend(lines.map(|line| format!("{name}:{line}: `{word}` belongs in {}", places.join(", "))));
        }
    }
    let Some(module) = module_of(name) else { return found };
    let Some((_, allowed)) = RULES.iter().find(|(known, _)| *known == module) else {
        found.push(format!("{name}:1: module `{module}` has no row in xtask/src/imports.rs"));
        return found;
    };
    for (at, head) in crate_paths(code) {
        let target = if head == "Error" || head == "Result" { "error" } else { &head };
        if target != module && !allowed.contains(&target) {
            let line = line_of(code, at);
            found.push(format!(
                "{name}:{line}: `{module}` must not import `{target}`, only {}",
                allowed.join(", ")
            ));
        }
    }
    found
}

/// Whether `name` is the module `place`: its file, or a file in its folder.
fn within(name: &str, place: &str) -> bool {
    name.strip_prefix(place).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// The top-level module of a file in `src/`; none for the crate roots and the plugin.
fn module_of(name: &str) -> Option<&str> {
    let inside = name.strip_prefix("src/")?;
    let module = inside.split('/').next()?.trim_end_matches(".rs");
    (module != "lib" && module != "main").then_some(module)
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("{}: cannot list", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_import_is_named_with_its_line() {
        let found = violations_of("src/stream/worker.rs", "use crate::{mel::Mel,\n model::Model};\n");
        assert_eq!(
            found,
            ["src/stream/worker.rs:2: `stream` must not import `model`, only error, mel, diffusion"]
        );
    }

    #[test]
    fn confined_words_stay_in_their_places() {
        assert_eq!(violations_of("src/kernel/avx2.rs", "unsafe {}"), Vec::<String>::new());
        assert_eq!(
            violations_of("plugin/src/lib.rs", "\nunsafe {}"),
            [
                "plugin/src/lib.rs:2: `unsafe` belongs in src/kernel, src/network/diffwave/cpu, src/network/diffwave/amx"
            ]
        );
        assert_eq!(violations_of("src/cli/devices.rs", "use burn::x;").len(), 1);
    }

    #[test]
    fn a_module_without_a_row_is_named() {
        assert_eq!(
            violations_of("src/novelty.rs", ""),
            ["src/novelty.rs:1: module `novelty` has no row in xtask/src/imports.rs"]
        );
    }
}
