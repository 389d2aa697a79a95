//! Generated sounds: sums of partials with resonant filters, plucked strings, bursts of noise, glides.
//!
//! A data set without files, for trying things and for what recordings lack. Its core is the toy set of additive
//! sounds that WaveGrad is explained on in P. Esling's notebooks on diffusion models: a fundamental between the MIDI
//! notes 40 and 60, up to twenty partials at (2k + j) times it, and a resonant filter between 110 and 1102 Hz.

mod burst;
mod envelope;
mod pluck;
mod tone;

pub use envelope::Envelope;
pub use tone::{Resonance, Tone};

use super::Draws;

/// A kind of generated sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A steady tone of the toy set.
    Toy,
    /// A tone of an instrument: with an envelope, glides, vibrato and whatever else.
    Tone,
    /// A plucked string.
    Pluck,
    /// A burst of noise.
    Burst,
}

impl Kind {
    /// The names of all kinds.
    pub const NAMES: [&str; 4] = ["toy", "tone", "pluck", "burst"];

    /// The kind of this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        let index = Self::NAMES.iter().position(|known| *known == name)?;
        Some([Self::Toy, Self::Tone, Self::Pluck, Self::Burst][index])
    }

    /// The kind of an event.
    fn draw(draws: &mut Draws) -> Self {
        match draws.below(10) {
            0..6 => Self::Tone,
            6..8 => Self::Pluck,
            _ => Self::Burst,
        }
    }
}

/// Sounds at one rate.
#[derive(Clone, Copy, Debug)]
pub struct AdditiveGenerator {
    rate_hz: u32,
}

impl AdditiveGenerator {
    /// A generator of sounds at `rate_hz`.
    pub fn new(rate_hz: u32) -> Self {
        Self { rate_hz }
    }

    /// The sound that `draws` gives: `samples` samples, its peak at most 1. One in six is a steady sound of the toy
    /// set; the others are one to four events, which begin before or in the excerpt.
    pub fn sound(&self, draws: &mut Draws, samples: usize) -> Vec<f32> {
        match draws.chance(1.0 / 6.0) {
            true => self.sound_of(Kind::Toy, draws, samples),
            false => self.events(&Kind::draw, draws, samples),
        }
    }

    /// The same of one kind alone: a steady sound where that is the toy set, else events.
    pub fn sound_of(&self, kind: Kind, draws: &mut Draws, samples: usize) -> Vec<f32> {
        if kind != Kind::Toy {
            return self.events(&|_| kind, draws, samples);
        }
        let mut sum = vec![0.0; samples];
        let tone = Tone::toy(self.rate_hz, draws);
        mix(&mut sum, &tone.render(self.rate_hz, samples, draws), 1.0);
        limited(sum)
    }

    /// One to four events of the kinds that `kind` gives.
    fn events(&self, kind: &dyn Fn(&mut Draws) -> Kind, draws: &mut Draws, samples: usize) -> Vec<f32> {
        let mut sum = vec![0.0; samples];
        for _ in 0..1 + draws.below(4) {
            let level = 10f64.powf(draws.between(-18.0, 0.0) / 20.0) as f32;
            self.event(kind, draws, &mut sum, level);
        }
        limited(sum)
    }

    /// Adds one event, its peak at `level`.
    fn event(&self, kind: &dyn Fn(&mut Draws) -> Kind, draws: &mut Draws, sum: &mut [f32], level: f32) {
        let seconds = sum.len() as f64 / f64::from(self.rate_hz);
        let begin = draws.between(-0.6 * seconds, 0.7 * seconds);
        let skip = (begin.min(0.0).abs() * f64::from(self.rate_hz)) as usize;
        let delay = (begin.max(0.0) * f64::from(self.rate_hz)) as usize;
        let length = sum.len() - delay + skip;
        let sound = match kind(draws) {
            Kind::Toy => Tone::toy(self.rate_hz, draws).render(self.rate_hz, length, draws),
            Kind::Tone => Tone::instrument(self.rate_hz, seconds, draws).render(self.rate_hz, length, draws),
            Kind::Pluck => pluck::draw(self.rate_hz, length, draws),
            Kind::Burst => burst::draw(self.rate_hz, seconds, length, draws),
        };
        mix(&mut sum[delay..], &sound[skip..], level);
    }
}

/// The sound, quieter where its peak would be above 1.
fn limited(mut sound: Vec<f32>) -> Vec<f32> {
    let peak = sound.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    if peak > 1.0 {
        sound.iter_mut().for_each(|sample| *sample = (*sample / peak).clamp(-1.0, 1.0));
    }
    sound
}

/// Adds `sound` to `sum`, its peak scaled to `level`.
fn mix(sum: &mut [f32], sound: &[f32], level: f32) {
    let peak = sound.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    if peak > 1e-6 {
        let gain = level / peak;
        sum.iter_mut().zip(sound).for_each(|(sum, sample)| *sum += gain * sample);
    }
}
