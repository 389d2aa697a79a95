//! Remel as a program of its own: `remel-standalone --help` lists sound systems and devices.

use nice_plug::prelude::nice_export_standalone;
use remel_plugin::Remel;
use std::process::ExitCode;

fn main() -> ExitCode {
    if nice_export_standalone::<Remel>() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
