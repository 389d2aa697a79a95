//! Which file a path leads to.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// Which file a path leads to, however it is spelled: through symbolic links, and on Unix through hard links too.
///
/// Nothing is opened to find out, so that a pipe is never waited for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileIdentity {
    /// Device and inode.
    Inode(u64, u64),
    /// The canonical path, where systems do not tell inodes.
    Path(PathBuf),
}

impl FileIdentity {
    /// The file at `path`; none where there is none.
    pub fn of(path: &Path) -> Option<Self> {
        Self::known(&path.metadata().ok()?).or_else(|| path.canonicalize().ok().map(Self::Path))
    }

    /// The file that standard input reads; none where it is something else or closed, or where the system does not tell.
    pub fn standard_input() -> Option<Self> {
        streams::input().filter(Metadata::is_file).and_then(|metadata| Self::known(&metadata))
    }

    /// Where standard output goes; none where it is closed, or where the system does not tell.
    pub fn standard_output() -> Option<Self> {
        streams::output().and_then(|metadata| Self::known(&metadata))
    }

    #[cfg(unix)]
    fn known(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self::Inode(metadata.dev(), metadata.ino()))
    }

    #[cfg(not(unix))]
    fn known(_metadata: &Metadata) -> Option<Self> {
        None
    }
}

/// What the standard streams are.
#[cfg(unix)]
mod streams {
    use std::fs::{File, Metadata};
    use std::os::fd::{AsFd, BorrowedFd};

    pub fn input() -> Option<Metadata> {
        metadata(std::io::stdin().as_fd())
    }

    pub fn output() -> Option<Metadata> {
        metadata(std::io::stdout().as_fd())
    }

    fn metadata(stream: BorrowedFd<'_>) -> Option<Metadata> {
        File::from(stream.try_clone_to_owned().ok()?).metadata().ok()
    }
}

#[cfg(not(unix))]
mod streams {
    use std::fs::Metadata;

    pub fn input() -> Option<Metadata> {
        None
    }

    pub fn output() -> Option<Metadata> {
        None
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn links_and_spellings_are_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("a"), "").unwrap();
        std::fs::write(path("b"), "").unwrap();
        std::os::unix::fs::symlink("a", path("soft")).unwrap();
        std::fs::hard_link(path("a"), path("hard")).unwrap();
        let a = FileIdentity::of(&path("a"));
        std::fs::create_dir(path("folder")).unwrap();
        for same in ["soft", "hard", "./a", "folder/../a"] {
            assert_eq!(FileIdentity::of(&path(same)), a, "{same}");
        }
        assert_ne!(FileIdentity::of(&path("b")), a);
        assert_eq!(FileIdentity::of(&path("none")), None);
    }
}
