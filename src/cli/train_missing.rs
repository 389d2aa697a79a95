//! `remel train` where this build has no training.

use std::path::PathBuf;

use anyhow::{Result, bail};
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
    /// Refuses.
    ///
    /// # Errors
    /// Says what it takes instead.
    pub fn run(self) -> Result<()> {
        let resume = if self.resume { " --resume" } else { "" };
        bail!(
            "train: found a build without training, expected one with `--features train` (cargo run --release --features train -- train {}{resume})",
            self.config.display()
        )
    }
}
