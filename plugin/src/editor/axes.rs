//! The scales of a mel picture: Hz of its bands, seconds of its frames.

use remel::mel::Dialect;

/// Frequencies that may be written at the axis.
const HZ: [u32; 9] = [100, 200, 500, 1000, 2000, 4000, 8000, 12_000, 16_000];

/// How the bands of a dialect lie over Hz, and its frames over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Axes {
    dialect: Dialect,
}

impl Axes {
    /// Those of a dialect.
    pub fn new(dialect: &Dialect) -> Self {
        Self { dialect: dialect.clone() }
    }

    /// Whether they are those of `dialect`.
    pub fn are_of(&self, dialect: &Dialect) -> bool {
        self.dialect == *dialect
    }

    /// How many bands there are.
    pub fn n_mels(&self) -> usize {
        self.dialect.n_mels
    }

    /// From one frame to the next.
    pub fn frame_s(&self) -> f64 {
        self.dialect.hop as f64 / f64::from(self.dialect.rate_hz)
    }

    /// The lowest edge on the mel scale, and the distance of centres.
    fn mels(&self) -> [f64; 2] {
        let Dialect { scale, fmin_hz, fmax_hz, n_mels, .. } = &self.dialect;
        let [low, high] = [fmin_hz, fmax_hz].map(|hz| scale.mel(f64::from(*hz)));
        [low, (high - low) / (*n_mels as f64 + 1.0)]
    }

    /// The frequency at `share` of the picture's height, from the bottom: the middle of a band is its centre.
    pub fn hz(&self, share: f32) -> f64 {
        let [low, step] = self.mels();
        let band = f64::from(share) * self.dialect.n_mels as f64 - 0.5;
        self.dialect.scale.hz(low + step * (band + 1.0)).max(0.0)
    }

    /// Where a frequency is, as a share of the picture's height from the bottom.
    pub fn share(&self, hz: f64) -> f32 {
        let [low, step] = self.mels();
        let band = (self.dialect.scale.mel(hz) - low) / step - 1.0;
        ((band + 0.5) / self.dialect.n_mels as f64) as f32
    }

    /// Frequencies to be written beside a picture that is `height` high, from below, with their shares of it: at least
    /// `space` apart.
    pub fn hz_labels(&self, height: f32, space: f32) -> Vec<(String, f32)> {
        let mut labels: Vec<(String, f32)> = Vec::new();
        for hz in HZ {
            let share = self.share(f64::from(hz));
            let free = labels.last().is_none_or(|(_, last)| (share - last) * height >= space);
            if free && share * height > 5.0 && (1.0 - share) * height > 5.0 {
                let label = if hz < 1000 { hz.to_string() } else { format!("{}k", hz / 1000) };
                labels.push((label, share));
            }
        }
        labels
    }
}

/// A frequency in words.
pub fn hz_text(hz: f64) -> String {
    if hz < 1000.0 { format!("{hz:.0} Hz") } else { format!("{:.2} kHz", hz / 1000.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_where_their_centres_are() {
        let dialect = Dialect::named("tacotron2").expect("a published dialect");
        let axes = Axes::new(&dialect);
        for hz in [300.0, 1000.0, 5000.0] {
            assert!((axes.hz(axes.share(hz)) - hz).abs() < 0.5, "{hz}");
        }
        // The lowest band of 80 from 0 to 8 kHz: the first centre above 0 Hz.
        assert!((axes.hz(0.5 / 80.0) - 37.2).abs() < 1.0, "{}", axes.hz(0.5 / 80.0));
        assert!(axes.share(8000.0) > 1.0);
    }

    #[test]
    fn labels_keep_their_distance() {
        let axes = Axes::new(&Dialect::named("tacotron2").expect("a published dialect"));
        for height in [60.0, 200.0, 600.0] {
            let labels = axes.hz_labels(height, 14.0);
            assert!(labels.len() >= 2, "{labels:?}");
            assert!(labels.windows(2).all(|pair| (pair[1].1 - pair[0].1) * height >= 14.0), "{labels:?}");
        }
    }
}
