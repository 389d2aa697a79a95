//! The loudness of a sound over time.

use crate::train::data::Draws;

/// A linear attack, an exponential decay, and a linear release.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Envelope {
    /// Seconds from silence to full level.
    pub attack_s: f64,
    /// Seconds in which the level falls to 1/e; infinite for a sustained sound.
    pub decay_s: f64,
    /// Seconds until the release begins.
    pub hold_s: f64,
    /// Seconds of the release.
    pub release_s: f64,
}

impl Envelope {
    /// Full level without end.
    pub const STEADY: Self =
        Self { attack_s: 0.0, decay_s: f64::INFINITY, hold_s: f64::INFINITY, release_s: 0.0 };

    /// An envelope for an excerpt of `seconds`: struck or blown.
    pub(super) fn draw(seconds: f64, draws: &mut Draws) -> Self {
        let struck = draws.chance(0.5);
        Self {
            attack_s: if struck { draws.logarithmic(0.001, 0.01) } else { draws.logarithmic(0.01, 0.2) },
            decay_s: if struck { draws.logarithmic(0.03, 1.5) } else { f64::INFINITY },
            hold_s: draws.between(0.1, 1.6) * seconds,
            release_s: draws.logarithmic(0.01, 0.3),
        }
    }

    /// The level `time_s` seconds after the beginning, from 0 to 1.
    pub fn level(&self, time_s: f64) -> f64 {
        let attack = if time_s < self.attack_s { time_s / self.attack_s } else { 1.0 };
        let decay = (-(time_s - self.attack_s).max(0.0) / self.decay_s).exp();
        let late = (time_s - self.hold_s).max(0.0);
        let release = if late == 0.0 { 1.0 } else { (1.0 - late / self.release_s).max(0.0) };
        attack * decay * release
    }

    /// Multiplies `samples`, which begin with the sound, by the level.
    pub(super) fn shape(&self, samples: &mut [f32], rate_hz: u32) {
        for (index, sample) in samples.iter_mut().enumerate() {
            *sample *= self.level(index as f64 / f64::from(rate_hz)) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_rises_decays_and_is_released() {
        let envelope = Envelope { attack_s: 0.1, decay_s: 0.5, hold_s: 0.6, release_s: 0.2 };
        let close = |time_s, expected: f64| assert!((envelope.level(time_s) - expected).abs() < 1e-12);
        close(0.0, 0.0);
        close(0.05, 0.5);
        close(0.1, 1.0);
        close(0.6, (-1.0_f64).exp());
        close(0.7, 0.5 * (-1.2_f64).exp());
        close(0.8, 0.0);
        close(5.0, 0.0);
        assert!([0.0, 1.0, 1e6].iter().all(|time_s| Envelope::STEADY.level(*time_s) == 1.0));
    }
}
