//! Mel frames smoothed over their bands: a voice without its pitch, whose vowels stay.

use super::{Dialect, Spectrum};

/// Deviation, as a share of all bands, of the Gaussian that leaves no detail: 8 bands of 128.
const MOST: f32 = 1.0 / 16.0;
/// Deviations on either side that a Gaussian is cut off at.
const REACH: f32 = 3.0;

/// Smooths the bands of frames in power, so that loudness holds. Real-time but for `new`.
#[derive(Clone)]
pub struct BandSmoothing {
    dialect: Dialect,
    /// The detail that `weights` were worked out for.
    detail: f32,
    /// One side of the Gaussian, its middle first; as many as count.
    weights: Vec<f32>,
    powers: Vec<f32>,
}

impl BandSmoothing {
    /// For frames of `dialect`.
    pub fn new(dialect: &Dialect) -> Self {
        let most = (REACH * MOST * dialect.n_mels as f32) as usize + 2;
        Self {
            dialect: dialect.clone(),
            detail: 1.0,
            weights: Vec::with_capacity(most),
            powers: vec![0.0; dialect.n_mels],
        }
    }

    /// Smooths `frame`, `[n_mels]`, which keeps so much `detail`: all of it at 1, where no bit changes, formants alone at 0.5
    /// and no more than the slope of the spectrum at 0.
    pub fn apply(&mut self, frame: &mut [f32], detail: f32) {
        if self.weights(detail).is_empty() {
            return;
        }
        for (power, value) in self.powers.iter_mut().zip(&*frame) {
            *power = self.dialect.magnitude(*value).powi(2);
        }
        let last = frame.len() - 1;
        for (band, value) in frame.iter_mut().enumerate() {
            let (mut sum, mut mass) = (self.weights[0] * self.powers[band], self.weights[0]);
            for (distance, weight) in self.weights.iter().enumerate().skip(1) {
                let below = band.checked_sub(distance);
                let above = Some(band + distance).filter(|above| *above <= last);
                for neighbour in [below, above].into_iter().flatten() {
                    sum += weight * self.powers[neighbour];
                    mass += weight;
                }
            }
            let power = sum / mass;
            let band = if self.dialect.spectrum == Spectrum::Power { power } else { power.sqrt() };
            *value = self.dialect.compression.compress(band);
        }
    }

    /// One side of the Gaussian that leaves so much `detail`, its middle first; none where all of it is left.
    pub(crate) fn weights(&mut self, detail: f32) -> &[f32] {
        if !(0.0..1.0).contains(&detail) {
            return &[];
        }
        if detail != self.detail {
            self.prepare(detail);
        }
        &self.weights
    }

    fn prepare(&mut self, detail: f32) {
        self.detail = detail;
        let deviation = (1.0 - detail) * MOST * self.dialect.n_mels as f32;
        let reach = (REACH * deviation) as usize + 1;
        self.weights.clear();
        let weight = |distance: usize| (-0.5 * (distance as f32 / deviation).powi(2)).exp();
        self.weights.extend((0..=reach).map(weight));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loudness_stays_and_lines_melt() {
        for &name in Dialect::names() {
            let dialect = Dialect::named(name).unwrap();
            let power = |frame: &[f32]| frame.iter().map(|v| dialect.magnitude(*v).powi(2)).sum::<f32>();
            // A line of every sixth band over a quiet ground.
            let line = |band: usize| if band.is_multiple_of(6) { 0.5 } else { 0.01 };
            let root = if dialect.spectrum == Spectrum::Power { 2 } else { 1 };
            let frame: Vec<f32> =
                (0..dialect.n_mels).map(|b| dialect.compression.compress(f32::powi(line(b), root))).collect();
            let mut smoothing = BandSmoothing::new(&dialect);
            for detail in [0.5, 0.0, 0.5] {
                let mut smooth = frame.clone();
                smoothing.apply(&mut smooth, detail);
                assert!((power(&smooth) / power(&frame) - 1.0).abs() < 0.08, "{name}: loudness");
                let middle = &smooth[dialect.n_mels / 3..dialect.n_mels / 2];
                let [low, high] = [f32::min, f32::max]
                    .map(|pick| middle.iter().map(|v| dialect.magnitude(*v)).reduce(pick).unwrap());
                assert!(high / low < 1.3, "{name}: {low} to {high}");
            }
            let mut same = frame.clone();
            smoothing.apply(&mut same, 1.0);
            assert_eq!(same, frame, "{name}");
        }
    }
}
