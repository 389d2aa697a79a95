//! How alike the two channels of a stereo signal are, and what a network is told of them where they are.
//!
//! Of phases a mel frame says nothing, so noise decides them. What is one sound in both channels, at whatever level, has to
//! have them alike to be heard where it was; what is wide has to have them apart.

use super::Dialect;

/// Frames that differ by no more than this in shape (decibels, weighted by magnitude) are of one sound.
const ALIKE_DB: f32 = 2.5;
/// Frames that differ by this have nothing in common. Two draws of one noise differ by about as much.
const APART_DB: f32 = 5.0;
/// Where [`Dialect::magnitude`] is taken to find out what a unit of a frame is in decibels.
const UNIT: [f32; 2] = [0.25, 0.75];

/// Compares the frames of two channels. Real-time but for `new`.
pub struct ChannelPair {
    dialect: Dialect,
    /// Decibels in a unit of a frame.
    unit_db: f32,
}

impl ChannelPair {
    /// For frames of `dialect`.
    pub fn new(dialect: &Dialect) -> Self {
        let [low, high] = UNIT.map(|value| 20.0 * dialect.magnitude(value).log10());
        Self { unit_db: (high - low) / (UNIT[1] - UNIT[0]), dialect: dialect.clone() }
    }

    /// How alike two `frames`, `[n_mels]` each, are: 1 where they differ in level alone, 0 where they have nothing in common.
    /// `told` gets what a network is to be told of each: the more alike they are, the more the shape that they have in
    /// common, at the level of the louder; [`ChannelPair::gain`] brings the sound of it to the level of each.
    pub fn compare(&self, frames: [&[f32]; 2], told: [&mut [f32]; 2]) -> f32 {
        let [left, right] = frames;
        let (level, deviation) = self.difference(left, right);
        let apart = ((deviation - ALIKE_DB) / (APART_DB - ALIKE_DB)).clamp(0.0, 1.0);
        let alike = 1.0 - apart * apart * (3.0 - 2.0 * apart);
        let [told_left, told_right] = told;
        let told = told_left.iter_mut().zip(told_right);
        for ((left, right), (told_left, told_right)) in left.iter().zip(right).zip(told) {
            let common = 0.5 * (left + right + level.abs());
            // Where they are one to the last bit: what is told differs in no bit either.
            *told_left = (1.0 - alike) * left + alike * common;
            *told_right = (1.0 - alike) * right + alike * common;
        }
        alike
    }

    /// What the sound of a frame `told` is to be multiplied by to be as loud as `frame`: 1 where they are one.
    pub fn gain(&self, frame: &[f32], told: &[f32]) -> f32 {
        let (level, _) = self.difference(frame, told);
        10f32.powf(level * self.unit_db / 20.0)
    }

    /// How much louder frame `a` is than `b`, in units of a frame, and in decibels how they differ beside; weighted by magnitude.
    fn difference(&self, a: &[f32], b: &[f32]) -> (f32, f32) {
        let (mut weights, mut sum, mut squares) = (f32::MIN_POSITIVE, 0.0, 0.0);
        for (a, b) in a.iter().zip(b) {
            let weight = self.dialect.magnitude(*a) + self.dialect.magnitude(*b);
            let difference = a - b;
            weights += weight;
            sum += weight * difference;
            squares += weight * difference * difference;
        }
        let level = sum / weights;
        (level, (squares / weights - level * level).max(0.0).sqrt() * self.unit_db)
    }
}
