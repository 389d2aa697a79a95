//! `remel devices`

use anyhow::Result;
use clap::Args;
use remel::network::Backend;

use super::print::print_line;

/// Arguments of `remel devices`.
#[derive(Args)]
pub struct Devices {}

impl Devices {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let best = Backend::best();
        for backend in Backend::all() {
            let chosen = match (backend == best, backend == Backend::Cpu) {
                (true, true) => "  (chosen by --backend auto)",
                (true, false) => "  (chosen by --backend auto, but for BandWave)",
                (false, true) => "  (chosen by --backend auto for BandWave)",
                (false, false) => "",
            };
            print_line!("{backend}{chosen}")?;
        }
        if !cfg!(feature = "gpu") {
            print_line!(
                "no GPUs: this is a build for the CPU alone (one with `--features gpu` looks for them)"
            )?;
        }
        Ok(())
    }
}
