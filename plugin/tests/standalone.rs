//! The standalone program ends when it is told to.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What the program says once it runs on without a window.
const RUNS: &str = "No GUI available";

/// The program on the backend without a device, on a machine without windows, once it runs.
fn start() -> Child {
    let mut program = Command::new(env!("CARGO_BIN_EXE_remel-standalone"));
    program.args(["--backend", "dummy"]).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let mut program = program.stderr(Stdio::piped()).spawn().expect("the program starts");
    let said = BufReader::new(program.stderr.take().expect("a pipe"));
    let runs = said.lines().map_while(Result::ok).any(|line| line.contains(RUNS));
    assert!(runs, "the program has ended");
    program
}

/// How the program ends; it is given more time than any machine needs.
fn end(program: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = program.try_wait().expect("a child") {
            return status;
        }
        if start.elapsed() > Duration::from_secs(20) {
            program.kill().expect("a child");
            panic!("the program runs on");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_signal_ends_the_program_and_is_what_it_dies_of() {
    for (name, signal) in [("-TERM", 15), ("-INT", 2)] {
        let mut program = start();
        let told = Command::new("kill").args([name, &program.id().to_string()]).status();
        assert!(told.expect("a kill").success());
        assert_eq!(end(&mut program).signal(), Some(signal));
    }
}
