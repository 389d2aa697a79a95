//! The `remel` program as a child of a test.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use remel::audio::Audio;
use tempfile::TempDir;

/// The smallest model there is.
pub const TINY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/diffwave/lmnt_8x4x2/weights.pt");

/// A folder with a second of sound in it, where commands run.
pub struct Folder {
    folder: TempDir,
    program: PathBuf,
}

impl Folder {
    /// A folder that holds the sounds `names`, one like the other.
    pub fn with(names: &[&str]) -> Self {
        Self::of(env!("CARGO_BIN_EXE_remel").into(), names)
    }

    /// The same for another build of `remel`.
    pub fn of(program: PathBuf, names: &[&str]) -> Self {
        let folder = Self { folder: tempfile::tempdir().unwrap(), program };
        let tone = (0..22_050).map(|n| 0.3 * (n as f32 * 0.06).sin()).collect();
        let tone = Audio::mono(22_050, tone);
        names.iter().for_each(|name| tone.write_wav(&folder.path(name)).unwrap());
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `remel` with the arguments that `line` holds with spaces between them; `vocode` with the smallest model.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(self.folder.path()).args(line.split_whitespace());
        if line.starts_with("vocode") {
            command.args(["--model", TINY, "--backend", "cpu", "--steps", "1"]);
        }
        command
    }

    pub fn run(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    /// Runs a command that has to succeed.
    #[track_caller]
    pub fn succeeds(&self, line: &str) -> Output {
        let output = self.run(line);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Runs a command that has to fail with status 1 and one line, before it renders, and to change nothing in its folder.
    #[track_caller]
    pub fn refuses(&self, line: &str, said: &str) {
        let before = self.contents();
        let output = self.run(line);
        assert_eq!(String::from_utf8(output.stderr).unwrap(), format!("remel: {said}\n"));
        assert_eq!(output.status.code(), Some(1));
        assert!(before == self.contents(), "something has changed in the folder");
    }

    /// Every name in the folder, with what is in the files.
    pub fn contents(&self) -> Vec<(PathBuf, Option<Vec<u8>>)> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut contents: Vec<_> =
            entries.map(|path| (path.clone(), path.is_file().then(|| std::fs::read(path).unwrap()))).collect();
        contents.sort();
        contents
    }
}

/// What `remel` with `arguments` does in the folder of the repository.
pub fn remel(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_remel"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().unwrap()
}

/// Whether the file at `path` is audio of the length that [`Folder::with`] makes.
pub fn is_result(path: &Path) -> bool {
    Audio::read(path).is_ok_and(|audio| audio.samples() == 22_050)
}
