//! Tracktion's pluginval: the VST3 plugin in a host made of JUCE, its tests in random orders.

use super::verdict::Verdict;
use super::workshop::{Finished, Workshop, commit};
use crate::bundle;
use crate::cargo::target_dir;
use anyhow::{Result, ensure};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

const NAME: &str = "pluginval";
/// What CMake reads to find JUCE elsewhere than in the submodule.
const JUCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/validate/juce.cmake");

/// Builds pluginval and runs it with the first `seeds` seeds.
pub fn run(workshop: &Workshop, source: &Path, juce: Option<&PathBuf>, seeds: u32) -> Result<Vec<Verdict>> {
    let submodule = source.join("modules/juce");
    let juce = juce.unwrap_or(&submodule);
    ensure!(juce.join("CMakeLists.txt").exists(), "{}: no JUCE, see --juce", juce.display());
    let juce_source = [OsString::from("-DJUCE_SOURCE="), juce.into()].into_iter().collect();
    let settings = [
        "-DPLUGINVAL_FETCH_JUCE=OFF".into(),
        format!("-DCMAKE_PROJECT_pluginval_INCLUDE={JUCE}").into(),
        juce_source,
    ];
    let program = workshop.cmake(NAME, source, &settings, NAME)?;
    let validator = format!("{NAME} {} with JUCE {}", commit(source)?, commit(juce)?);

    let mut verdict = Verdict { validator, passed: 0, failed: 0, skipped: 0, remarks: Vec::new() };
    for seed in (1..=seeds).map(seed) {
        let mut validate = on_a_display(&program);
        validate.args(["--strictness-level", "10", "--randomise", "--random-seed", &seed]);
        validate.arg("--validate-in-process").arg("--validate").arg(bundle::vst3_path(&target_dir()?));
        let finished = workshop.run(&format!("{NAME}-{seed}"), validate)?;
        if finished.status.success() {
            verdict.passed += 1;
            println!("{NAME} --random-seed {seed}: passed");
        } else {
            verdict.failed += 1;
            println!("{NAME} --random-seed {seed}: {}, see {}", reason(&finished), finished.log.display());
            verdict.remarks.push(seed);
        }
    }
    Ok(vec![verdict])
}

/// The seeds are the same in every run, and far enough apart for JUCE's generator, whose first numbers hardly differ
/// for neighbours.
fn seed(index: u32) -> String {
    format!("{:#x}", index.wrapping_mul(0x9e37_79b9) >> 4)
}

/// pluginval opens the editor: on Linux that takes an X server, of its own where there is none.
fn on_a_display(program: &Path) -> Command {
    if cfg!(target_os = "linux") && std::env::var_os("DISPLAY").is_none() {
        let mut command = Command::new("xvfb-run");
        command.arg("--auto-servernum").arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// The first test that failed, or how the program ended.
fn reason(finished: &Finished) -> String {
    let failed = finished.text.lines().find(|line| line.starts_with("!!!"));
    failed.map_or_else(|| finished.status.to_string(), |line| line.trim_start_matches("!!! ").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_what_pluginval_reads_and_each_another() {
        let seeds: Vec<_> = (1..=20).map(seed).collect();
        assert_eq!(seeds[0], "0x9e3779b");
        let digits = |seed: &String| seed.chars().all(|digit| "x0123456789abcdef".contains(digit));
        assert!(seeds.iter().all(digits));
        assert_eq!(seeds.iter().collect::<std::collections::HashSet<_>>().len(), 20);
    }
}
