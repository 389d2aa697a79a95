//! Phase reconstruction: the last stage of a vocoder whose network is surer of magnitudes than of phases.
//!
//! A mel frame fixes how loud each band is. What it leaves open, the phases, a small or young network guesses badly, and
//! that is heard as a whisper. Here the network's sound is where an estimate starts that agrees with the mel frames *and* with
//! itself, as overlapping frames of one signal have to: the algorithm of Griffin and Lim (1984), in its form for streams.

mod inversion;
mod reconstruction;
mod reconstructor;

pub use reconstruction::Reconstruction;
pub use reconstructor::{Reconstructor, Source};

use serde::{Deserialize, Serialize};

use crate::mel::Dialect;
use crate::{Error, Result};

/// How phases are reconstructed: real-time iterative spectrogram inversion with look-ahead (Zhu, Beauregard and Wyse
/// 2007), accelerated (Perraudin, Balazs and Søndergaard 2013).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Phase {
    /// Frames that are estimated together with the one that is settled next. Each adds its hop to the latency.
    pub look_frames: usize,
    /// How often every one of them is estimated anew before the next is settled.
    pub iterations: usize,
    /// How far an estimate goes on in the direction it took, 0 to 1.
    pub momentum: f32,
    /// What a frame's first estimate takes from the network, 0 to 1; the rest goes on from the frames before. A network
    /// that has learned phases deserves 1. The less, the more do rounding errors count.
    pub trust: f32,
}

impl Default for Phase {
    /// What speech scores best with while a network's phases are still noise.
    fn default() -> Self {
        Self { look_frames: 1, iterations: 8, momentum: 0.8, trust: 0.3 }
    }
}

impl Phase {
    /// Most frames of look-ahead and most iterations that make any sense.
    const MOST: usize = 64;

    /// Refuses values that no phase can be found with.
    ///
    /// # Errors
    /// Names `place` and the field.
    pub fn validate(&self, place: &str) -> Result<()> {
        let most = Self::MOST;
        for (field, found) in [("phase.look_frames", self.look_frames), ("phase.iterations", self.iterations)] {
            if found > most {
                return Err(Error::invalid(place, field, found, format!("0 to {most}")));
            }
        }
        for (field, found) in [("phase.momentum", self.momentum), ("phase.trust", self.trust)] {
            if !(0.0..=1.0).contains(&found) {
                return Err(Error::invalid(place, field, found, "0 to 1"));
            }
        }
        Ok(())
    }

    /// Mel frames after a sample's own that its reconstruction looks at, and as many before it that it should begin with.
    pub fn reach_frames(&self, dialect: &Dialect) -> usize {
        dialect.lead_samples().div_ceil(dialect.hop) + self.look_frames
    }
}
