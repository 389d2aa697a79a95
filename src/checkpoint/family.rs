//! Whose networks are imported.

use std::str::FromStr;

use crate::{Error, Result};

/// A kind of network whose foreign checkpoints are imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// DiffWave.
    DiffWave,
    /// UNet1d.
    UNet1d,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::DiffWave, Self::UNet1d];

    /// Its name, on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::DiffWave => "diffwave",
            Self::UNet1d => "unet1d",
        }
    }
}

impl FromStr for Family {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|family| family.name() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Error::invalid("--network", "value", format!("\"{text}\""), names)
        })
    }
}
