//! The `remel` program: its commands are in `cli`, a file each.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
