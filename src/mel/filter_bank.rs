//! Triangular mel filters.

use super::{Dialect, Scale};

/// Less than any band's weight within it: at the edge of the outermost, rounding leaves a trace of one.
const LEAST_SUM: f32 = 1e-9;

/// A bank of mel filters, each stored from its first bin that counts to its last.
#[derive(Clone, Debug)]
pub struct FilterBank {
    bands: Vec<Band>,
}

#[derive(Clone, Debug)]
struct Band {
    start: usize,
    weights: Vec<f32>,
}

impl FilterBank {
    /// `n_mels` triangles, equally wide on `scale`, from `fmin_hz` to `fmax_hz`, over the `n_fft / 2 + 1` bins of
    /// a transform at `rate_hz`.
    pub fn new(scale: Scale, rate_hz: u32, n_fft: usize, n_mels: usize, fmin_hz: f32, fmax_hz: f32) -> Self {
        let (low, high) = (scale.mel(fmin_hz.into()), scale.mel(fmax_hz.into()));
        let edges_hz: Vec<f64> =
            (0..n_mels + 2).map(|i| scale.hz(low + (high - low) * i as f64 / (n_mels + 1) as f64)).collect();
        let bin_hz = f64::from(rate_hz) / n_fft as f64;
        let bands = edges_hz
            .windows(3)
            .map(|edges| Band::triangle(scale, [edges[0], edges[1], edges[2]], bin_hz, n_fft / 2 + 1))
            .collect();
        Self { bands }
    }

    /// Number of bands.
    pub fn n_mels(&self) -> usize {
        self.bands.len()
    }

    /// The weights of band `index`, and the bin that the first of them belongs to. A band narrower than a bin
    /// may have none.
    pub fn band(&self, index: usize) -> (usize, &[f32]) {
        let band = &self.bands[index];
        (band.start, &band.weights)
    }

    /// Sums `spectrum`, `[n_fft / 2 + 1]`, into `out`, `[n_mels]`. Real-time.
    pub fn apply(&self, spectrum: &[f32], out: &mut [f32]) {
        for (out, band) in out.iter_mut().zip(&self.bands) {
            let bins = &spectrum[band.start..band.start + band.weights.len()];
            *out = bins.iter().zip(&band.weights).map(|(&bin, &weight)| bin * weight).sum();
        }
    }

    /// The bank whose filters are what each band has of the sum of all at a bin of `bins`; bins in no band stay empty.
    pub(crate) fn shares(&self, bins: usize) -> Self {
        let mut sums = vec![0.0; bins];
        self.spread(&vec![1.0; self.n_mels()], &mut sums);
        let share = |band: &Band| Band {
            start: band.start,
            weights: band
                .weights
                .iter()
                .zip(&sums[band.start..])
                .map(|(w, sum)| w / sum.max(LEAST_SUM))
                .collect(),
        };
        Self { bands: self.bands.iter().map(share).collect() }
    }

    /// The transpose of [`FilterBank::apply`]: every band of `bands`, `[n_mels]`, into the bins that it sums,
    /// `[n_fft / 2 + 1]`. Real-time.
    pub fn spread(&self, bands: &[f32], out: &mut [f32]) {
        out.fill(0.0);
        for (value, band) in bands.iter().zip(&self.bands) {
            let bins = &mut out[band.start..band.start + band.weights.len()];
            bins.iter_mut().zip(&band.weights).for_each(|(bin, &weight)| *bin += value * weight);
        }
    }
}

impl Dialect {
    /// The filter bank.
    pub fn filter_bank(&self) -> FilterBank {
        FilterBank::new(self.scale, self.rate_hz, self.n_fft, self.n_mels, self.fmin_hz, self.fmax_hz)
    }
}

impl Band {
    fn triangle(scale: Scale, [left, centre, right]: [f64; 3], bin_hz: f64, bins: usize) -> Self {
        let height = match scale {
            Scale::Htk => 1.0,
            Scale::Slaney => 2.0 / (right - left),
        };
        let weight = |bin: usize| {
            let hz = bin as f64 * bin_hz;
            let rising = (hz - left) / (centre - left);
            let falling = (right - hz) / (right - centre);
            (height * rising.min(falling).max(0.0)) as f32
        };
        let start = (0..bins).find(|&bin| weight(bin) > 0.0).unwrap_or(0);
        let weights = (start..bins).map(weight).take_while(|&w| w > 0.0).collect();
        Self { start, weights }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn htk_triangles_sum_to_one_between_the_outer_centres() {
        let bank = FilterBank::new(Scale::Htk, 22050, 1024, 80, 20.0, 11025.0);
        let mut sums = vec![0.0f32; 513];
        for index in 0..bank.n_mels() {
            let (start, weights) = bank.band(index);
            weights.iter().enumerate().for_each(|(i, w)| sums[start + i] += w);
        }
        // The first centre lies near 45 Hz, the last near 10 650 Hz.
        assert!(sums[3..490].iter().all(|sum| (sum - 1.0).abs() < 1e-5));
    }

    #[test]
    fn wide_slaney_triangles_have_area_one_over_hz() {
        let bank = FilterBank::new(Scale::Slaney, 22050, 1024, 80, 0.0, 8000.0);
        let area: f32 = bank.band(79).1.iter().sum::<f32>() * 22050.0 / 1024.0;
        assert!((area - 1.0).abs() < 1e-2, "{area}");
    }

    #[test]
    fn a_band_between_two_bins_is_empty_and_reads_zero() {
        let bank = FilterBank::new(Scale::Htk, 22050, 64, 80, 20.0, 11025.0);
        let empty = (0..80).find(|&i| bank.band(i).1.is_empty()).expect("bins are 345 Hz apart");
        let mut out = vec![1.0; 80];
        bank.apply(&[1.0; 33], &mut out);
        assert_eq!(out[empty], 0.0);
    }
}
