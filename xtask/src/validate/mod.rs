//! `cargo xtask validate`: the public validators, built from sources that lie somewhere on this machine, run on the
//! bundled plugin. `docs/hosts.md` says where the sources are found and what they said last.

mod clap_validator;
mod options;
mod pluginval;
mod verdict;
mod vst3;
mod workshop;

use crate::cargo::target_dir;
use crate::{bundle, packages};
use anyhow::{Context, Result, ensure};
use options::Options;
use std::path::{Path, PathBuf};
use verdict::Verdict;
use workshop::Workshop;

/// Bundles the plugin and runs every validator whose sources were given, in paths from `here`.
///
/// # Errors
/// Arguments that are none, and whatever fails, after all have run.
pub fn run(here: &Path, arguments: impl Iterator<Item = String>) -> Result<()> {
    let options = Options::parse(here, arguments)?;
    packages::ensure()?;
    bundle::build_and_pack()?;
    let workshop = Workshop::open(target_dir()?.join("validators"))?;
    let good = [
        report("clap-validator", &options.clap_validator, |source| clap_validator::run(&workshop, source)),
        report("vst3sdk", &options.vst3sdk, |source| vst3::run(&workshop, source)),
        report("pluginval", &options.pluginval, |source| {
            pluginval::run(&workshop, source, options.juce.as_ref(), options.seeds)
        }),
    ];
    ensure!(good == [true; 3], "not every validator passed");
    Ok(())
}

/// Runs one validator, says what came of it, and whether that is good: passed in all, or skipped.
fn report(name: &str, source: &Option<PathBuf>, run: impl FnOnce(&PathBuf) -> Result<Vec<Verdict>>) -> bool {
    let Some(source) = source else {
        println!("{name}: skipped, for there is no --{name}");
        return true;
    };
    match run(source).with_context(|| name.to_owned()) {
        Ok(verdicts) => {
            verdicts.iter().for_each(|verdict| println!("{verdict}"));
            verdicts.iter().all(|verdict| verdict.failed == 0)
        }
        Err(error) => {
            println!("{error:#}");
            false
        }
    }
}
