//! The instruction sets that the bodies are compiled for, and the choice among them.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod baseline;
#[cfg(target_arch = "aarch64")]
mod neon;

use std::fmt;
use std::str::FromStr;

#[cfg(all(feature = "train", target_arch = "x86_64", target_os = "linux"))]
pub(crate) use avx512::Avx512;
#[cfg(all(test, feature = "train"))]
pub(crate) use baseline::Baseline;

use super::lanes::{Lanes, Work};
use crate::{Error, Result};

/// The environment variable that forces an instruction set.
const VARIABLE: &str = "REMEL_KERNEL";

/// What the CPU engine's bodies are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstructionSet {
    /// Four portable lanes, as every machine has them.
    Baseline,
    /// Eight lanes with fused multiply-add (x86-64).
    Avx2,
    /// Sixteen lanes (x86-64).
    Avx512,
    /// Four lanes with fused multiply-add (AArch64).
    Neon,
}

impl InstructionSet {
    /// Every set, from the least to the best.
    const EVERY: [Self; 4] = [Self::Baseline, Self::Neon, Self::Avx2, Self::Avx512];

    /// The sets that this machine has, from the least to the best.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::EVERY.into_iter().filter(|set| set.is_available())
    }

    /// The best set of this machine, or the one that the environment variable `REMEL_KERNEL` names.
    ///
    /// # Errors
    /// Where the variable names no set of this machine.
    pub fn chosen() -> Result<Self> {
        match std::env::var(VARIABLE) {
            Ok(name) => name.parse::<Self>()?.require(),
            Err(_) => Ok(Self::available().last().unwrap_or(Self::Baseline)),
        }
    }

    /// Whether this machine has the set.
    pub fn is_available(self) -> bool {
        match self {
            Self::Baseline => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => is_x86_feature_detected!("avx512f"),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => std::arch::is_aarch64_feature_detected!("neon"),
            _ => false,
        }
    }

    /// The set itself where this machine has it.
    pub(super) fn require(self) -> Result<Self> {
        if self.is_available() {
            return Ok(self);
        }
        let names: Vec<String> = Self::available().map(|set| set.to_string()).collect();
        Err(Error::invalid("CPU engine", "instruction set", self, names.join(" or ")))
    }

    /// Columns of the widest panel that a product is cut into.
    pub(crate) fn panel_columns(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => columns::<avx2::Avx2>(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => columns::<avx512::Avx512>(),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => columns::<neon::Neon>(),
            _ => columns::<baseline::Baseline>(),
        }
    }

    /// Runs a block of `work`. The set has to be one that [`InstructionSet::require`] let pass.
    pub(super) fn run<W: Work>(self, work: &W, block: usize, scratch: &mut W::Scratch) {
        match self {
            // SAFETY: whoever holds a set has had it checked against this machine.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { avx2::run(work, block, scratch) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { avx512::run(work, block, scratch) },
            // SAFETY: as above.
            #[cfg(target_arch = "aarch64")]
            Self::Neon => unsafe { neon::run(work, block, scratch) },
            _ => baseline::run(work, block, scratch),
        }
    }
}

fn columns<V: Lanes>() -> usize {
    V::LANES * V::PANEL
}

impl fmt::Display for InstructionSet {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Baseline => "baseline",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        })
    }
}

impl FromStr for InstructionSet {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Self::EVERY.into_iter().find(|set| set.to_string() == name);
        found.ok_or_else(|| Error::invalid(VARIABLE, "value", name, "baseline, avx2, avx512 or neon"))
    }
}
