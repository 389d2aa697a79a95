//! What `cargo xtask validate` was asked for.

use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};

const USAGE: &str = "usage: cargo xtask validate [--clap-validator DIR] [--vst3sdk DIR] [--pluginval DIR \
                     [--juce DIR] [--seeds N]], with one DIR of sources at least";

/// Folders of sources, in absolute paths, and how often pluginval runs.
#[derive(Debug, PartialEq)]
pub struct Options {
    pub clap_validator: Option<PathBuf>,
    pub vst3sdk: Option<PathBuf>,
    pub pluginval: Option<PathBuf>,
    /// In place of pluginval's submodule.
    pub juce: Option<PathBuf>,
    pub seeds: u32,
}

impl Options {
    /// Reads the arguments after `validate`, with paths from `here`.
    ///
    /// # Errors
    /// An unknown argument, one without its value, a folder that is none, no validator at all.
    pub fn parse(here: &Path, mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self { clap_validator: None, vst3sdk: None, pluginval: None, juce: None, seeds: 20 };
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().with_context(|| format!("{name}: no value; {USAGE}"));
            match name.as_str() {
                "--clap-validator" => options.clap_validator = Some(folder(here, &value()?)?),
                "--vst3sdk" => options.vst3sdk = Some(folder(here, &value()?)?),
                "--pluginval" => options.pluginval = Some(folder(here, &value()?)?),
                "--juce" => options.juce = Some(folder(here, &value()?)?),
                "--seeds" => options.seeds = value()?.parse().context("--seeds: not a count")?,
                _ => bail!("{name}: unknown; {USAGE}"),
            }
        }
        let Self { clap_validator, vst3sdk, pluginval, .. } = &options;
        ensure!([clap_validator, vst3sdk, pluginval].into_iter().any(Option::is_some), "{USAGE}");
        ensure!(pluginval.is_some() || options.juce.is_none(), "--juce: of use only with --pluginval");
        Ok(options)
    }
}

fn folder(here: &Path, path: &str) -> Result<PathBuf> {
    let folder = here.join(path);
    ensure!(folder.is_dir(), "{path}: not a folder");
    folder.canonicalize().with_context(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, String> {
        Options::parse(Path::new("src"), arguments.iter().map(ToString::to_string))
            .map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn folders_are_taken_by_name_and_what_is_not_given_is_none() {
        let here = Path::new("src").canonicalize().unwrap();
        let options = parse(&["--pluginval", ".", "--seeds", "3"]).unwrap();
        let expected =
            Options { clap_validator: None, vst3sdk: None, pluginval: Some(here), juce: None, seeds: 3 };
        assert_eq!(options, expected);
        assert_eq!(parse(&["--vst3sdk", "."]).unwrap().seeds, 20);
    }

    #[test]
    fn a_wrong_argument_is_named_in_one_line() {
        for (arguments, beginning) in [
            (&[][..], "usage: "),
            (&["--seeds", "3"], "usage: "),
            (&["--juce", "."], "usage: "),
            (&["--vst3sdk", ".", "--juce", "."], "--juce: "),
            (&["--pluginval"], "--pluginval: no value"),
            (&["--pluginval", "no such folder"], "no such folder: not a folder"),
            (&["--pluginval", ".", "--seeds", "many"], "--seeds: not a count"),
            (&["--vst"], "--vst: unknown"),
        ] {
            let error = parse(arguments).unwrap_err();
            assert!(error.starts_with(beginning) && error.lines().count() == 1, "{arguments:?}: {error}");
        }
    }
}
