//! Mel scales.

use serde::{Deserialize, Serialize};

/// The mel scale of a filter bank, with the norm of its triangles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Scale {
    /// `2595·log10(1 + f/700)`, triangles of height 1: torchaudio's default.
    Htk,
    /// Linear to 1 kHz, logarithmic above (Slaney's Auditory Toolbox), triangles of area 1 over Hz: librosa's
    /// default.
    Slaney,
}

/// Where Slaney's scale turns from linear to logarithmic.
const SLANEY_KNEE_HZ: f64 = 1000.0;
/// Slaney's linear part: Hz per mel.
const SLANEY_HZ_PER_MEL: f64 = 200.0 / 3.0;

impl Scale {
    /// Slaney's logarithmic part: 27 mels per factor 6.4.
    fn slaney_log_step() -> f64 {
        6.4f64.ln() / 27.0
    }

    /// `hz` on the scale.
    pub fn mel(self, hz: f64) -> f64 {
        match self {
            Self::Htk => 2595.0 * (1.0 + hz / 700.0).log10(),
            Self::Slaney if hz < SLANEY_KNEE_HZ => hz / SLANEY_HZ_PER_MEL,
            Self::Slaney => {
                SLANEY_KNEE_HZ / SLANEY_HZ_PER_MEL + (hz / SLANEY_KNEE_HZ).ln() / Self::slaney_log_step()
            }
        }
    }

    /// The frequency that lies at `mel` on the scale.
    pub fn hz(self, mel: f64) -> f64 {
        let knee = SLANEY_KNEE_HZ / SLANEY_HZ_PER_MEL;
        match self {
            Self::Htk => 700.0 * (10f64.powf(mel / 2595.0) - 1.0),
            Self::Slaney if mel < knee => mel * SLANEY_HZ_PER_MEL,
            Self::Slaney => SLANEY_KNEE_HZ * (Self::slaney_log_step() * (mel - knee)).exp(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_invert_and_hit_their_landmarks() {
        assert!((Scale::Htk.mel(1000.0) - 999.9856).abs() < 1e-3);
        assert!((Scale::Slaney.mel(1000.0) - 15.0).abs() < 1e-9);
        assert!((Scale::Slaney.mel(6400.0) - 42.0).abs() < 1e-9);
        for scale in [Scale::Htk, Scale::Slaney] {
            for hz in [0.0, 20.0, 999.0, 1000.0, 1001.0, 22050.0] {
                assert!((scale.hz(scale.mel(hz)) - hz).abs() < 1e-7 * (1.0 + hz));
            }
        }
    }
}
