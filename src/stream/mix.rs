//! What is heard in the end, at the host's rate: rendered, fallback and dry, each at its gain.

use super::{MixSettings, OnUnderrun};

/// A gain that moves to a new value over a fixed time. How the blocks are cut makes no difference.
struct Ramp {
    value: f32,
    target: f32,
    step: f32,
    left: usize,
}

impl Ramp {
    fn at(value: f32) -> Self {
        Self { value, target: value, step: 0.0, left: 0 }
    }

    fn aim(&mut self, target: f32, samples: usize) {
        if target != self.target {
            self.target = target;
            self.left = samples;
            self.step = (target - self.value) / samples as f32;
        }
    }

    fn next(&mut self) -> f32 {
        match self.left {
            0 => {}
            1 => (self.value, self.left) = (self.target, 0),
            _ => (self.value, self.left) = (self.value + self.step, self.left - 1),
        }
        self.value
    }
}

/// The gains of the mix. Real-time.
pub(super) struct Mix {
    ramp_samples: usize,
    /// Whether the next settings are the first, which count at once.
    fresh: bool,
    wet: Ramp,
    output: Ramp,
    bypass: Ramp,
    fallback: Ramp,
}

/// The gains of one sample.
pub(super) struct Gains {
    wet: f32,
    output: f32,
    bypass: f32,
    fallback: f32,
}

impl Mix {
    pub fn new(host_rate_hz: u32) -> Self {
        let ramp_samples = (host_rate_hz as f32 * MixSettings::RAMP_MS / 1000.0).max(1.0) as usize;
        let ramp = || Ramp::at(0.0);
        Self { ramp_samples, fresh: true, wet: ramp(), output: ramp(), bypass: ramp(), fallback: ramp() }
    }

    /// The next settings count at once.
    pub fn reset(&mut self) {
        self.fresh = true;
    }

    /// Aims at what `settings` say; a value that is not finite is passed over.
    pub fn aim(&mut self, settings: &MixSettings) {
        let samples = if self.fresh { 1 } else { self.ramp_samples };
        let targets = [
            (&mut self.wet, settings.wet.clamp(0.0, 1.0)),
            (&mut self.output, settings.output_gain),
            (&mut self.bypass, f32::from(u8::from(settings.bypass))),
            (&mut self.fallback, f32::from(u8::from(settings.on_underrun == OnUnderrun::Dry))),
        ];
        for (ramp, target) in targets.into_iter().filter(|(_, target)| target.is_finite()) {
            if self.fresh {
                *ramp = Ramp::at(target);
            }
            ramp.aim(target, samples);
        }
        self.fresh = false;
    }

    /// The gains of the next sample.
    pub fn next(&mut self) -> Gains {
        Gains {
            wet: self.wet.next(),
            output: self.output.next(),
            bypass: self.bypass.next(),
            fallback: self.fallback.next(),
        }
    }
}

impl Gains {
    /// One sample of one channel. `rendered` has passed the gate that is open by `openness`; `dry` is aligned to it.
    pub fn apply(&self, rendered: f32, openness: f32, dry: f32) -> f32 {
        let wet = rendered + self.fallback * (1.0 - openness) * dry;
        let mixed = self.output * (self.wet * wet + (1.0 - self.wet) * dry);
        self.bypass * dry + (1.0 - self.bypass) * mixed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bypass_is_exactly_dry_and_its_ramp_has_no_step() {
        let mut mix = Mix::new(48_000);
        mix.aim(&MixSettings::default());
        assert_eq!(mix.next().apply(0.9, 1.0, -0.7), 0.9);
        mix.aim(&MixSettings { bypass: true, ..MixSettings::default() });
        let heard: Vec<f32> = (0..600).map(|_| mix.next().apply(0.9, 1.0, -0.7)).collect();
        assert!(heard.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 1.6 / 480.0 * 1.01));
        assert_eq!(heard[479..], [-0.7; 121]);
    }

    #[test]
    fn values_that_are_not_finite_are_passed_over() {
        let mut mix = Mix::new(48_000);
        mix.aim(&MixSettings::default());
        mix.aim(&MixSettings { wet: f32::NAN, output_gain: f32::INFINITY, ..MixSettings::default() });
        assert_eq!(mix.next().apply(0.5, 1.0, 0.1), 0.5);
    }

    #[test]
    fn a_closed_gate_gives_dry_or_silence() {
        for (on_underrun, expected) in [(OnUnderrun::Dry, 0.4), (OnUnderrun::Silence, 0.0)] {
            let mut mix = Mix::new(48_000);
            mix.aim(&MixSettings { on_underrun, ..MixSettings::default() });
            assert_eq!(mix.next().apply(0.0, 0.0, 0.4), expected);
        }
    }
}
