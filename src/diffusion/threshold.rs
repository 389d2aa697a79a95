//! Limits of the signals that are found on the way.

/// Dynamic thresholding (Saharia et al. 2022, section 2.3): a signal whose values go beyond full scale is brought back into it
/// as a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// Which share of the values lies within what becomes full scale, 0 to 1; at 0 every value is limited to ±1 instead.
    pub share: f32,
}

impl Threshold {
    /// Limits one window's `signal`, `[values]`. `magnitudes` is overwritten.
    pub(super) fn limit(self, signal: &mut [f32], magnitudes: &mut Vec<f32>) {
        let scale = match self.share == 0.0 {
            true => 1.0,
            // What is no number leaves full scale where it is.
            false => self.quantile(signal, magnitudes).max(1.0),
        };
        for value in signal {
            *value = value.clamp(-scale, scale) / scale;
        }
    }

    /// The quantile of the magnitudes, linear between its two neighbours.
    fn quantile(self, signal: &[f32], magnitudes: &mut Vec<f32>) -> f32 {
        magnitudes.clear();
        magnitudes.extend(signal.iter().map(|value| value.abs()));
        let Some(last) = magnitudes.len().checked_sub(1) else { return 0.0 };
        let place = f64::from(self.share) * last as f64;
        let (below, part) = (place.floor() as usize, place.fract() as f32);
        let (_, low, above) = magnitudes.select_nth_unstable_by(below, f32::total_cmp);
        let high = above.iter().copied().min_by(f32::total_cmp).unwrap_or(*low);
        *low + (high - *low) * part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(share: f32, signal: &[f32]) -> Vec<f32> {
        let mut signal = signal.to_vec();
        Threshold { share }.limit(&mut signal, &mut Vec::new());
        signal
    }

    #[test]
    fn signals_within_full_scale_stay_as_they_are() {
        for share in [0.0, 0.5, 0.95, 1.0] {
            assert_eq!(limited(share, &[0.5, -1.0, 0.0, 0.25]), [0.5, -1.0, 0.0, 0.25]);
            assert!(limited(share, &[]).is_empty());
        }
    }

    #[test]
    fn others_are_scaled_by_the_quantile_of_their_magnitudes() {
        let signal = [4.0, -3.0, 2.0, -1.0, 0.0];
        assert_eq!(limited(0.0, &signal), [1.0, -1.0, 1.0, -1.0, 0.0]);
        assert_eq!(limited(0.5, &signal), [1.0, -1.0, 1.0, -0.5, 0.0]);
        assert_eq!(limited(1.0, &signal), [1.0, -0.75, 0.5, -0.25, 0.0]);
        // Between 3 and 4, at three fifths of the way.
        let scale = 3.6;
        assert_eq!(limited(0.9, &signal), [1.0, -3.0 / scale, 2.0 / scale, -1.0 / scale, 0.0]);
    }
}
