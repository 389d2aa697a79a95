//! A sum of partials through a resonant low-pass.

use std::f64::consts::TAU;

use super::Envelope;
use crate::train::data::Draws;
use crate::train::data::biquad::{Biquad, Response};

/// Samples over which frequencies and filters stand still.
const BLOCK_SAMPLES: usize = 32;

/// A pitched sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Tone {
    /// Frequency of the lowest partial.
    pub fundamental_hz: f64,
    /// Number of partials. Those near and above half the sample rate are silent.
    pub partials: usize,
    /// Distance of the partials above the first, in fundamentals: 1 for all harmonics, 2 for every other one.
    pub spacing: f64,
    /// Where they begin: partial k ≥ 1 is at `spacing·k + offset` fundamentals. 1 with a spacing of 2 gives the odd
    /// harmonics, 0 the even ones, and what is between is inharmonic.
    pub offset: f64,
    /// Stiffness B of a string: a partial at n fundamentals moves to n·√((1 + B·n²)/(1 + B)).
    pub inharmonicity: f64,
    /// Level of the partials per octave above the fundamental.
    pub tilt_db: f64,
    /// Decay of a partial at n fundamentals, n times so many nepers per second.
    pub damping: f64,
    /// Pitch change in octaves per second, for the first second.
    pub glide_octaves: f64,
    /// Frequency of the vibrato.
    pub vibrato_hz: f64,
    /// Depth of the vibrato to either side.
    pub vibrato_semitones: f64,
    /// Loudness over time.
    pub envelope: Envelope,
    /// The low-pass, if any.
    pub resonance: Option<Resonance>,
}

/// A resonant low-pass whose frequency moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resonance {
    /// Frequency at the beginning.
    pub cutoff_hz: f64,
    /// Frequency that it moves to within a second, evenly in octaves.
    pub target_hz: f64,
    /// Quality: gain at the frequency.
    pub q: f64,
}

/// A partial in motion.
struct Partial {
    ratio: f64,
    level: f64,
    /// Sine and cosine of its phase.
    phase: [f64; 2],
}

impl Tone {
    /// A steady tone of harmonics at equal levels: what the other kinds are made of.
    pub fn steady(fundamental_hz: f64, partials: usize) -> Self {
        Self {
            fundamental_hz,
            partials,
            spacing: 1.0,
            offset: 1.0,
            inharmonicity: 0.0,
            tilt_db: 0.0,
            damping: 0.0,
            glide_octaves: 0.0,
            vibrato_hz: 0.0,
            vibrato_semitones: 0.0,
            envelope: Envelope::STEADY,
            resonance: None,
        }
    }

    /// A sound of the toy set.
    pub(super) fn toy(rate_hz: u32, draws: &mut Draws) -> Self {
        let note = 40 + draws.below(20);
        let cutoff_hz = (1 + draws.below(10)) as f64 * f64::from(rate_hz) / 200.0;
        let q = (1 + draws.below(10)) as f64;
        Self {
            spacing: 2.0,
            offset: draws.below(11) as f64 / 10.0,
            resonance: Some(Resonance { cutoff_hz, target_hz: cutoff_hz, q }),
            ..Self::steady(440.0 * ((note as f64 - 69.0) / 12.0).exp2(), 1 + draws.below(20) as usize)
        }
    }

    /// A sound like an instrument's or a voice's, for an excerpt of `seconds`.
    pub(super) fn instrument(rate_hz: u32, seconds: f64, draws: &mut Draws) -> Self {
        let odd = draws.chance(0.25);
        let resonance = draws.chance(0.6).then(|| Resonance {
            cutoff_hz: draws.logarithmic(150.0, 0.4 * f64::from(rate_hz)),
            target_hz: draws.logarithmic(150.0, 0.4 * f64::from(rate_hz)),
            q: draws.logarithmic(0.7, 12.0),
        });
        Self {
            spacing: if odd { 2.0 } else { 1.0 },
            offset: if draws.chance(0.8) { 1.0 } else { draws.between(0.0, 2.0) },
            inharmonicity: if draws.chance(0.3) { draws.logarithmic(1e-5, 3e-2) } else { 0.0 },
            tilt_db: draws.between(-12.0, 0.0),
            damping: if draws.chance(0.4) { draws.logarithmic(0.1, 3.0) } else { 0.0 },
            glide_octaves: if draws.chance(0.2) { draws.between(-2.0, 2.0) } else { 0.0 },
            vibrato_hz: draws.between(4.0, 7.5),
            vibrato_semitones: if draws.chance(0.3) { draws.logarithmic(0.05, 1.0) } else { 0.0 },
            envelope: Envelope::draw(seconds, draws),
            resonance,
            ..Self::steady(draws.logarithmic(45.0, 1500.0), 1 + draws.logarithmic(1.0, 64.0) as usize)
        }
    }

    /// The frequency of partial `index` in fundamentals.
    pub fn ratio(&self, index: usize) -> f64 {
        let ratio = if index == 0 { 1.0 } else { self.spacing * index as f64 + self.offset };
        let stiffness = (1.0 + self.inharmonicity * ratio * ratio) / (1.0 + self.inharmonicity);
        ratio * stiffness.sqrt()
    }

    /// `samples` samples from the beginning of the sound at `rate_hz`; `draws` gives the partials' phases.
    pub fn render(&self, rate_hz: u32, samples: usize, draws: &mut Draws) -> Vec<f32> {
        let rate_hz_f64 = f64::from(rate_hz);
        let mut partials: Vec<Partial> = (0..self.partials).map(|k| self.partial(k, draws)).collect();
        let mut filter = self.resonance.map(|resonance| resonance.filter(0.0, rate_hz_f64));
        let mut sound = vec![0.0; samples];
        for (index, block) in sound.chunks_mut(BLOCK_SAMPLES).enumerate() {
            let time_s = (index * BLOCK_SAMPLES) as f64 / rate_hz_f64;
            let frequency = self.pitch_hz(time_s) / rate_hz_f64;
            for partial in &mut partials {
                let decay = (-self.damping * partial.ratio * time_s).exp();
                partial.add(block, frequency * partial.ratio, decay);
            }
            if let (Some(filter), Some(resonance)) = (&mut filter, self.resonance) {
                resonance.retune(filter, time_s, rate_hz_f64);
                filter.process(block);
            }
        }
        self.envelope.shape(&mut sound, rate_hz);
        sound
    }

    /// The fundamental at a time.
    fn pitch_hz(&self, time_s: f64) -> f64 {
        let vibrato = self.vibrato_semitones / 12.0 * (TAU * self.vibrato_hz * time_s).sin();
        self.fundamental_hz * (self.glide_octaves * time_s.min(1.0) + vibrato).exp2()
    }

    fn partial(&self, index: usize, draws: &mut Draws) -> Partial {
        let ratio = self.ratio(index);
        // A partial below the fundamental is no louder than it.
        let level = 10f64.powf(self.tilt_db * ratio.log2().max(0.0) / 20.0);
        let (sin, cos) = draws.between(0.0, TAU).sin_cos();
        Partial { ratio, level, phase: [sin, cos] }
    }
}

impl Partial {
    /// Adds a block at `frequency`, in cycles per sample, and turns the phase on.
    fn add(&mut self, block: &mut [f32], frequency: f64, decay: f64) {
        // Faded from 0.45 to 0.5 cycles per sample, where it would fold.
        let level = self.level * decay * ((0.5 - frequency) / 0.05).clamp(0.0, 1.0);
        let (turn_sin, turn_cos) = (TAU * frequency).sin_cos();
        let [mut sin, mut cos] = self.phase;
        for sample in block {
            *sample += (level * sin) as f32;
            (sin, cos) = (sin * turn_cos + cos * turn_sin, cos * turn_cos - sin * turn_sin);
        }
        self.phase = [sin, cos];
    }
}

impl Resonance {
    fn filter(self, time_s: f64, rate_hz: f64) -> Biquad {
        Biquad::new(Response::LowPass, self.frequency(time_s, rate_hz), self.q)
    }

    fn retune(self, filter: &mut Biquad, time_s: f64, rate_hz: f64) {
        filter.retune(Response::LowPass, self.frequency(time_s, rate_hz), self.q);
    }

    /// In cycles per sample.
    fn frequency(self, time_s: f64, rate_hz: f64) -> f64 {
        let moved_hz = self.cutoff_hz * (self.target_hz / self.cutoff_hz).powf(time_s.min(1.0));
        (moved_hz / rate_hz).clamp(1e-4, 0.45)
    }
}
