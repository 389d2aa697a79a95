//! From band magnitudes to what a network reads, and back.

use serde::{Deserialize, Serialize};

/// How the value of a mel band is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Compression {
    /// `clamp((20·log10(max(x, 1e-5)) − 20 + 100) / 100, 0, 1)`: decibels from −80 to +20 mapped to the unit
    /// interval (lmnt-com/diffwave and lmnt-com/wavegrad, `preprocess.py`).
    UnitDecibels,
    /// `log10 x`, and 0 where that is not finite (ivanvovk/WaveGrad). Digital silence thus reads as a band
    /// value of 1, far *above* what is merely quiet: the networks were trained that way.
    Log10,
    /// `ln max(x, floor)` (Tacotron 2, HiFi-GAN, BigVGAN, Vocos).
    Ln {
        /// The smallest band value that is told from silence.
        floor: f32,
    },
}

impl Compression {
    /// The compressed form of the band value `x ≥ 0`. Finite for every finite `x`.
    #[inline]
    pub fn compress(self, x: f32) -> f32 {
        match self {
            Self::UnitDecibels => ((20.0 * x.max(1e-5).log10() - 20.0 + 100.0) / 100.0).clamp(0.0, 1.0),
            Self::Log10 => {
                let compressed = x.log10();
                if compressed.is_finite() { compressed } else { 0.0 }
            }
            Self::Ln { floor } => x.max(floor).ln(),
        }
    }

    /// The band value that `compressed` stands for: the inverse of [`Compression::compress`] between floor and
    /// ceiling. What lies at the floor comes back as the floor, not as silence; under [`Compression::Log10`]
    /// silence and a band value of 1 are both 0, and come back as 1.
    #[inline]
    pub fn expand(self, compressed: f32) -> f32 {
        match self {
            Self::UnitDecibels => 10f32.powf((compressed * 100.0 - 80.0) / 20.0),
            Self::Log10 => 10f32.powf(compressed),
            Self::Ln { .. } => compressed.exp(),
        }
    }

    /// The compressed value of digital silence.
    pub fn silence(self) -> f32 {
        self.compress(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Compression; 3] =
        [Compression::UnitDecibels, Compression::Log10, Compression::Ln { floor: 1e-5 }];

    #[test]
    fn silence_is_where_each_dialect_puts_it() {
        assert_eq!(ALL.map(Compression::silence), [0.0, 0.0, 1e-5f32.ln()]);
    }

    #[test]
    fn known_values() {
        assert!((Compression::UnitDecibels.compress(1.0) - 0.8).abs() < 1e-6);
        assert_eq!(Compression::UnitDecibels.compress(10.0), 1.0);
        assert_eq!(Compression::UnitDecibels.compress(1e9), 1.0);
        assert_eq!(Compression::Log10.compress(100.0), 2.0);
        assert_eq!(Compression::Ln { floor: 1e-5 }.compress(1.0), 0.0);
    }

    #[test]
    fn expand_inverts_compress_between_floor_and_ceiling() {
        for compression in ALL {
            for x in [1.1e-4f32, 3e-3, 0.5, 1.0, 9.9] {
                let back = compression.expand(compression.compress(x));
                assert!((back / x - 1.0).abs() < 2e-5, "{compression:?} {x} {back}");
            }
        }
    }

    #[test]
    fn compression_is_finite_whatever_comes_in() {
        for compression in ALL {
            for x in [0.0, f32::MIN_POSITIVE, f32::MAX, f32::NAN] {
                assert!(compression.compress(x).is_finite(), "{compression:?} {x}");
            }
        }
    }
}
