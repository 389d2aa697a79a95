//! The `remel` program between pipes, devices and links, and what stays behind when it is told to end.

use std::fs::{File, Permissions};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::command::{Folder, is_result};
use remel::audio::Audio;

#[test]
fn a_result_goes_to_standard_output_as_it_goes_to_a_file() {
    let folder = Folder::with(&["a.wav"]);
    folder.succeeds("vocode a.wav -o file.wav");
    let file = std::fs::read(folder.path("file.wav")).unwrap();
    for path in ["-", "/dev/stdout"] {
        assert!(folder.succeeds(&format!("vocode a.wav -o {path}")).stdout == file, "{path}");
    }
    // What went there before stays: a file is not written anew from its start.
    let mut stdout = File::create(folder.path("both.txt")).unwrap();
    std::io::Write::write_all(&mut stdout, b"before").unwrap();
    let status = folder.command("vocode a.wav -o /dev/stdout").stdout(stdout).status().unwrap();
    assert!(status.success());
    assert!(std::fs::read(folder.path("both.txt")).unwrap() == [&b"before"[..], &file].concat());
    folder.succeeds("mel a.wav -o mel.npy");
    let mel = folder.succeeds("mel a.wav -o -").stdout;
    assert!(mel == std::fs::read(folder.path("mel.npy")).unwrap());
    // An input that standard output is appended to.
    let append = File::options().append(true).open(folder.path("a.wav")).unwrap();
    let output = folder.command("vocode a.wav -o -").stdout(append).output().unwrap();
    let said =
        "remel: standard output: output: found the input a.wav, expected another file: inputs are kept\n";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), said);
}

#[test]
fn no_audio_goes_to_a_terminal() {
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("SKIPPED: no `script`, which lends a terminal");
        return;
    }
    let folder = Folder::with(&["a.wav"]);
    let program = env!("CARGO_BIN_EXE_remel");
    let line = format!("cd {} && {program} vocode a.wav -o -", folder.path("").display());
    let output =
        Command::new("script").args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("standard output: output: found a terminal, expected a file or a pipe"), "{said}");
}

#[test]
fn pipes_devices_and_links_are_written_through() {
    let folder = Folder::with(&["a.wav"]);
    folder.succeeds("vocode a.wav -o file.wav");
    let file = std::fs::read(folder.path("file.wav")).unwrap();
    let made = Command::new("mkfifo").arg(folder.path("pipe")).status().unwrap();
    assert!(made.success());
    let child = folder.command("vocode a.wav -o pipe").stderr(Stdio::null()).spawn().unwrap();
    assert!(std::fs::read(folder.path("pipe")).unwrap() == file);
    assert!(child.wait_with_output().unwrap().status.success());
    assert!(folder.path("pipe").metadata().unwrap().file_type().is_fifo());

    folder.succeeds("vocode a.wav -o /dev/null");
    assert!(std::path::Path::new("/dev/null").metadata().unwrap().file_type().is_char_device());
    symlink("/dev/null", folder.path("null.wav")).unwrap();
    folder.succeeds("vocode a.wav -o null.wav");
    assert!(folder.path("null.wav").is_symlink());

    std::fs::create_dir(folder.path("elsewhere")).unwrap();
    symlink("elsewhere/there.wav", folder.path("link.wav")).unwrap();
    symlink("link.wav", folder.path("chain.wav")).unwrap();
    // First where nothing is yet, then where the result is.
    for link in ["link.wav", "chain.wav"] {
        folder.succeeds(&format!("vocode a.wav -o {link}"));
        assert!(folder.path(link).is_symlink() && is_result(&folder.path("elsewhere/there.wav")));
        assert!(!folder.path("elsewhere/there.wav").is_symlink());
    }
}

#[test]
fn what_a_full_disk_does_is_said_once() {
    let folder = Folder::with(&["a.wav"]);
    folder.succeeds("mel a.wav -o mel.npy");
    let full = "No space left on device (os error 28)";
    let line = |output: std::process::Output| {
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        said.lines().filter(|line| !line.starts_with("rendering")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(line(folder.run("vocode a.wav -o /dev/full")), format!("remel: /dev/full: {full}"));
    for command in [
        "info",
        "info --json",
        "compare a.wav a.wav",
        "compare a.wav a.wav --json",
        "bench --seconds 0.1 --offline",
    ]
    .into_iter()
    .chain(["devices", "--help", "--version", "help vocode", "vocode a.wav -o -", "mel a.wav -o -"])
    {
        let stdout = File::options().write(true).open("/dev/full").unwrap();
        let output = folder.command(command).stdout(stdout).output().unwrap();
        let said = line(output);
        assert!(said.ends_with(&format!("remel: standard output: {full}")), "{command}: {said}");
        assert!(!said.contains("panicked"), "{command}: {said}");
        // Where nobody can be told, the status still does.
        let [stdout, stderr] = [(); 2].map(|()| File::options().write(true).open("/dev/full").unwrap());
        let status = folder.command(command).stdout(stdout).stderr(stderr).status().unwrap();
        assert_eq!(status.code(), Some(1), "{command}");
    }
}

#[test]
fn a_reader_that_has_gone_ends_every_command_quietly() {
    let folder = Folder::with(&["a.wav"]);
    for command in ["info", "compare a.wav a.wav", "--help", "mel a.wav -o -"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = folder.command(command).stdout(writer).output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{command}");
        // Died of SIGPIPE, or what shells say of that.
        assert!(output.status.signal() == Some(13) || output.status.code() == Some(141), "{command}");
    }
}

#[test]
fn modes_are_as_the_umask_and_the_old_file_say() {
    let folder = Folder::with(&["a.wav"]);
    let mode = |name: &str| folder.path(name).metadata().unwrap().mode() & 0o7777;
    let program = env!("CARGO_BIN_EXE_remel");
    for (umask, expected) in [("077", 0o600), ("027", 0o640), ("002", 0o664)] {
        let line = format!("umask {umask}; {program} mel a.wav -o {umask}.npy");
        let shell = Command::new("sh").args(["-c", &line]).current_dir(folder.path("")).output().unwrap();
        assert!(shell.status.success());
        assert_eq!(mode(&format!("{umask}.npy")), expected);
    }
    for kept in [0o600, 0o640, 0o666, 0o755] {
        std::fs::set_permissions(folder.path("077.npy"), Permissions::from_mode(kept)).unwrap();
        folder.succeeds("mel a.wav -o 077.npy");
        assert_eq!(mode("077.npy"), kept);
    }
}

/// Whether this process, and so its children, were started to ignore a signal, as under `nohup`.
fn is_ignored(number: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or("0");
    u64::from_str_radix(mask.trim(), 16).unwrap() >> (number - 1) & 1 == 1
}

/// A signal while a large result is written, which takes some tenths of a second.
#[test]
fn nothing_stays_behind_when_the_program_is_told_to_end() {
    let folder = Folder::with(&[]);
    let large = Audio { rate_hz: 384_000, channels: vec![vec![0.1; 12_000_000]; 2] };
    large.write_wav(&folder.path("large.wav")).unwrap();
    std::fs::create_dir(folder.path("out")).unwrap();
    let out = || std::fs::read_dir(folder.path("out")).unwrap().count();
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        if is_ignored(number) {
            eprintln!("SKIPPED: these tests run where SIG{name} is ignored");
            continue;
        }
        let mut child = folder.command("vocode large.wav -o out/o.wav").stderr(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        while out() == 0 && start.elapsed() < Duration::from_secs(120) {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(!folder.path("out/o.wav").exists(), "too fast for this test");
        Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(number), "as if nobody had listened");
        assert_eq!(out(), 0, "SIG{name}: nothing stays behind");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn nohup_is_respected() {
    let folder = Folder::with(&["a.wav"]);
    // The program waits for who reads its result, with its handlers in place.
    assert!(Command::new("mkfifo").arg(folder.path("pipe")).status().unwrap().success());
    let line = format!(
        "trap '' HUP; exec {} vocode a.wav -o pipe --model {}",
        env!("CARGO_BIN_EXE_remel"),
        crate::command::TINY
    );
    let mut shell = Command::new("sh");
    let mut child =
        shell.args(["-c", &line]).current_dir(folder.path("")).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = [0];
    std::io::Read::read_exact(child.stderr.as_mut().unwrap(), &mut said).unwrap();
    Command::new("kill").args(["-HUP", &child.id().to_string()]).status().unwrap();
    assert!(!std::fs::read(folder.path("pipe")).unwrap().is_empty());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_file_is_written_in_place_where_none_can_be_made() {
    let folder = Folder::with(&["a.wav"]);
    let closed = folder.path("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::write(closed.join("open.wav"), "").unwrap();
    std::fs::write(closed.join("kept.wav"), "").unwrap();
    std::fs::set_permissions(closed.join("kept.wav"), Permissions::from_mode(0o444)).unwrap();
    std::fs::set_permissions(&closed, Permissions::from_mode(0o555)).unwrap();
    if File::create(closed.join("by_root")).is_ok() {
        eprintln!("SKIPPED: root may write everywhere");
        return;
    }
    let denied = "Permission denied (os error 13)";
    folder.refuses("vocode a.wav -o closed/new.wav", &format!("closed/new.wav: {denied}"));
    folder.refuses("vocode a.wav -o closed/kept.wav", &format!("closed/kept.wav: {denied}"));
    folder.refuses("vocode a.wav -o closed/new/", &format!("closed/new: {denied}"));
    folder.succeeds("vocode a.wav -o closed/open.wav");
    assert!(is_result(&closed.join("open.wav")));
    std::fs::set_permissions(&closed, Permissions::from_mode(0o755)).unwrap();
}
