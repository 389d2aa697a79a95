//! Whose networks are imported.

use std::str::FromStr;

use crate::network::{diffwave, unet1d, wavegrad};
use crate::{Error, Result};

/// A kind of network whose foreign checkpoints are imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Family {
    /// DiffWave.
    DiffWave,
    /// WaveGrad.
    WaveGrad,
    /// UNet1d.
    UNet1d,
}

impl Family {
    /// All of them, in the order in which a file is taken for one.
    pub const ALL: [Self; 3] = [Self::DiffWave, Self::WaveGrad, Self::UNet1d];

    /// Its name, on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::DiffWave => "diffwave",
            Self::WaveGrad => "wavegrad",
            Self::UNet1d => "unet1d",
        }
    }

    /// Ends of tensors' names that only its networks have: what comes before is the prefix of all names.
    pub(super) fn markers(self) -> Vec<&'static str> {
        match self {
            Self::DiffWave => diffwave::names::MARKERS.map(|(marker, _)| marker).to_vec(),
            Self::WaveGrad => wavegrad::names::MARKERS.map(|(marker, _)| marker).to_vec(),
            Self::UNet1d => vec![unet1d::names::MARKER],
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
