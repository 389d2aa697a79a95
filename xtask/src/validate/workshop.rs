//! The folder that validators are built and run in: nothing is written into their sources.

use anyhow::{Context, Result, bail, ensure};
use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use walkdir::WalkDir;

/// A folder with one for each validator, and their logs.
pub struct Workshop {
    folder: PathBuf,
}

/// What a program left.
pub struct Finished {
    pub status: ExitStatus,
    /// What it printed, without colours.
    pub text: String,
    /// Where that is written.
    pub log: PathBuf,
}

impl Workshop {
    /// Makes the folder where there is none.
    pub fn open(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(folder.join("logs")).with_context(|| folder.display().to_string())?;
        Ok(Self { folder })
    }

    /// Where a validator is built.
    pub fn place(&self, validator: &str) -> PathBuf {
        self.folder.join(validator)
    }

    /// Builds `target` of a CMake project and returns the program.
    pub fn cmake(
        &self,
        validator: &str,
        source: &Path,
        settings: &[OsString],
        target: &str,
    ) -> Result<PathBuf> {
        let place = self.place(validator);
        let mut configure = Command::new("cmake");
        configure.arg("-S").arg(source).arg("-B").arg(&place).arg("-DCMAKE_BUILD_TYPE=Release").args(settings);
        self.build(&format!("{validator}-configure"), configure)?;
        let mut build = Command::new("cmake");
        build.arg("--build").arg(&place).args(["--config", "Release", "--target", target, "--parallel"]);
        build.arg(std::thread::available_parallelism()?.to_string());
        self.build(&format!("{validator}-build"), build)?;
        program(&place, target)
    }

    /// Runs a command that must succeed.
    pub fn build(&self, name: &str, command: Command) -> Result<()> {
        let Finished { status, log, .. } = self.run(name, command)?;
        ensure!(status.success(), "{status}, see {}", log.display());
        Ok(())
    }

    /// Runs a command and writes what it prints into a log.
    pub fn run(&self, name: &str, mut command: Command) -> Result<Finished> {
        let log = self.folder.join("logs").join(name).with_extension("log");
        let file = File::create(&log).with_context(|| log.display().to_string())?;
        // No pipe, whose end would be waited for: clap-validator leaves programs behind that hang and hold it open.
        let status = command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).status();
        let status = status.with_context(|| format!("{} does not start", command.get_program().display()))?;
        let text = without_colours(&String::from_utf8_lossy(&fs::read(&log)?));
        fs::write(&log, &text).with_context(|| log.display().to_string())?;
        Ok(Finished { status, text, log })
    }
}

/// The commit of sources, in short.
pub fn commit(source: &Path) -> Result<String> {
    let mut describe = Command::new("git");
    describe.arg("-C").arg(source).args(["describe", "--always", "--dirty", "--exclude=*", "--abbrev=7"]);
    let answer = describe.output().context("git does not start")?;
    ensure!(answer.status.success(), "{}: not in git, so without a version", source.display());
    Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

/// The program of this name, which generators of build files and systems put into different folders.
fn program(place: &Path, name: &str) -> Result<PathBuf> {
    let file = format!("{name}{EXE_SUFFIX}");
    for entry in WalkDir::new(place) {
        let entry = entry?;
        if entry.file_type().is_file() && entry.file_name() == file.as_str() {
            return Ok(entry.into_path());
        }
    }
    bail!("no {file} was built in {}", place.display())
}

/// Text without the escape sequences that colour it on a terminal.
fn without_colours(text: &str) -> String {
    let mut pieces = text.split("\x1b[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |plain, piece| plain + piece.split_once('m').map_or(piece, |(_code, after)| after))
}

/// The number before each of `words` in the line that holds all of them.
pub fn counts<const N: usize>(text: &str, words: [&str; N]) -> Option<[usize; N]> {
    text.lines().rev().find_map(|line| {
        let number = |word: &&str| line.split_once(word)?.0.trim_end().rsplit(' ').next()?.parse().ok();
        let numbers: Option<Vec<usize>> = words.iter().map(number).collect();
        numbers?.try_into().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stand_before_their_words() {
        let coloured = "a passed\n44 tests run, \x1b[1;32m34\x1b[0m passed, \x1b[31m0\x1b[0m failed\n";
        assert_eq!(counts(&without_colours(coloured), ["passed", "failed"]), Some([34, 0]));
        assert_eq!(
            counts("Result: 47 tests passed, 1 tests failed", ["tests passed", "tests failed"]),
            Some([47, 1])
        );
        assert_eq!(counts("aborted", ["passed"]), None);
    }

    /// Were it waited for what is left behind, this would never end.
    #[cfg(unix)]
    #[test]
    fn a_program_is_over_when_it_ends_whatever_it_leaves_behind() {
        let folder = std::env::temp_dir().join(format!("remel-workshop-{}", std::process::id()));
        let workshop = Workshop::open(folder.clone()).unwrap();
        fs::write(folder.join("held"), "").unwrap();
        let mut shell = Command::new("sh");
        shell.current_dir(&folder).args(["-c", "(while [ -e held ]; do sleep 0.1; done) & echo 3 passed"]);
        let finished = workshop.run("shell", shell).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!((finished.status.success(), finished.text.as_str()), (true, "3 passed\n"));
    }
}
