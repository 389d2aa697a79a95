//! The editor in a window, driven by mouse and keyboard, in a CLAP host of one process with it.
//!
//! Each test opens the plugin's editor on an X server of its own (Xvfb) and moves the mouse, clicks and types there;
//! where a control is, and what it says, the editor tells as it would a screen reader. What became of it is read
//! through CLAP: values, events, states. Without Xvfb the tests are skipped, and say so.

mod audio;
mod choosing;
mod display;
mod drop;
mod editor;
mod host;
mod looking;
mod parameters;
mod picture;
#[expect(dead_code, reason = "the host's tests measure it too")]
#[path = "../host/speech.rs"]
mod speech;
mod typing;

use display::Xvfb;
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

/// A test by its name.
pub type Test = (&'static str, fn());

/// All tests, one after another: they share the mouse.
const TESTS: &[&[Test]] = &[typing::TESTS, choosing::TESTS, looking::TESTS];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let server = Xvfb::start();
    if let Some(server) = &server {
        // SAFETY: no other thread runs yet.
        unsafe {
            std::env::set_var("DISPLAY", server.name());
            choosing::prepare();
        }
    }
    let skipped = server.is_none();
    let trial = |(name, test): Test| {
        Trial::test(name, move || {
            if skipped {
                println!("SKIPPED: no Xvfb: {name}");
            } else {
                test();
            }
            Ok(())
        })
    };
    let mut trials: Vec<Trial> = TESTS.concat().into_iter().map(trial).collect();
    trials.extend(looking::FOR_DOCS.iter().map(|&test| trial(test).with_ignored_flag(true)));
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(server);
    if conclusion.has_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
