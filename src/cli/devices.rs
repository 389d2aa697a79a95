//! `remel devices`

use anyhow::Result;
use clap::Args;
use remel::network::Backend;

/// Arguments of `remel devices`.
#[derive(Args)]
pub struct Devices {}

impl Devices {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let best = Backend::best();
        for backend in Backend::all() {
            let chosen = if backend == best { "  (chosen by --backend auto)" } else { "" };
            println!("{backend}{chosen}");
        }
        Ok(())
    }
}
