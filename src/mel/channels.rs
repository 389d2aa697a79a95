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
    /// common, at the level of each.
    pub fn compare(&self, frames: [&[f32]; 2], told: [&mut [f32]; 2]) -> f32 {
        let [left, right] = frames;
        let (mut weights, mut sum, mut squares) = (f32::MIN_POSITIVE, 0.0, 0.0);
        for (left, right) in left.iter().zip(right) {
            let weight = self.dialect.magnitude(*left) + self.dialect.magnitude(*right);
            let difference = left - right;
            weights += weight;
            sum += weight * difference;
            squares += weight * difference * difference;
        }
        let level = sum / weights;
        let deviation = (squares / weights - level * level).max(0.0).sqrt() * self.unit_db;
        let apart = ((deviation - ALIKE_DB) / (APART_DB - ALIKE_DB)).clamp(0.0, 1.0);
        let alike = 1.0 - apart * apart * (3.0 - 2.0 * apart);
        let [told_left, told_right] = told;
        let told = told_left.iter_mut().zip(told_right);
        for ((left, right), (told_left, told_right)) in left.iter().zip(right).zip(told) {
            let half = 0.5 * alike * (left - right - level);
            (*told_left, *told_right) = (left - half, right + half);
        }
        alike
    }
}
