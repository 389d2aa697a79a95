//! The Debian packages that the plugin (not the library) needs to build and to be tested.

use anyhow::{Result, bail};
use std::process::{Command, Stdio};

/// Sound: ALSA and JACK for the standalone program. Windows: X11 and OpenGL for the editor, and a server
/// without a screen for its tests.
const DEBIAN: &[&str] = &[
    "g++",
    "pkg-config",
    "libasound2-dev",
    "libjack-jackd2-dev",
    "libx11-xcb-dev",
    "libxcb-dri2-0-dev",
    "libxcb-icccm4-dev",
    "libxcursor-dev",
    "libxkbcommon-dev",
    "libgl-dev",
    "xvfb",
    "libgl1-mesa-dri",
];

/// Installs what is missing where that is possible: a Debian-like system and the rights of root.
///
/// # Errors
/// One line that names the missing packages, where they cannot be installed. Systems without dpkg pass: their
/// linker will tell.
pub fn ensure() -> Result<()> {
    if !answers("dpkg-query", &["--version"]) {
        return Ok(());
    }
    let missing: Vec<&str> = DEBIAN.iter().copied().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let install = [&["install", "--yes", "--no-install-recommends"], missing.as_slice()].concat();
    let root = answers("sh", &["-c", "test \"$(id -u)\" = 0"]);
    if root && (answers("apt-get", &install) || answers("apt-get", &["update"]) && answers("apt-get", &install))
    {
        return Ok(());
    }
    bail!("missing packages: apt-get install {}", missing.join(" "))
}

fn installed(package: &str) -> bool {
    let status =
        Command::new("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", package]).output();
    status.is_ok_and(|answer| answer.stdout == b"installed")
}

/// Whether a program starts and succeeds; what it prints is dropped.
fn answers(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
