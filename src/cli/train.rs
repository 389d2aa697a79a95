//! `remel train CONFIG.toml [--resume]`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

/// Arguments of `remel train`.
#[derive(Args)]
pub struct Train {
    /// What to train, on what and how
    #[arg(value_name = "CONFIG.toml")]
    config: PathBuf,
    /// Go on with the training in the run's folder
    #[arg(long)]
    resume: bool,
}

impl Train {
    /// Runs the command.
    #[cfg(feature = "train")]
    pub fn run(self) -> Result<()> {
        super::training::train(&self.config, self.resume)
    }

    /// Refuses: says which build has training.
    #[cfg(not(feature = "train"))]
    pub fn run(self) -> Result<()> {
        let resume = if self.resume { " --resume" } else { "" };
        anyhow::bail!(
            "train: found a build without training, expected one with `--features train` (cargo run --release --features train -- train {}{resume})",
            self.config.display()
        )
    }
}
