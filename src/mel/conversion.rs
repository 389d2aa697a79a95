//! Mel frames of one dialect as those of another.

use super::{Compression, Dialect, FilterBank, Mel, Spectrum};
use crate::{Error, Result};

/// The mean of a magnitude over the root of its mean square, where it is that of noise (Rayleigh's distribution): what bands of
/// powers have more than bands of magnitudes.
const RAYLEIGH: f32 = 0.886_227;
/// Mean square of a Hann window.
const HANN_MEAN_SQUARE: f32 = 0.375;

/// Turns frames of one dialect into frames of another, as far as there is in them what the other asks for.
///
/// Where both have the same bands, only the compression changes, which is exact but for its floor. Otherwise a band says how loud
/// the spectrum is around its centre; between centres that is interpolated, summed into the bands of the other, and so are frames over
/// time. What a frame of the other shows more sharply is not in what it is made from: [`Conversion::losses`].
pub struct Conversion {
    from: Dialect,
    to: Dialect,
    /// Per bin of the other's transform: the band at or below it, and the share of the next one; none beyond the bands.
    bins: Vec<Option<(usize, f32)>>,
    from_areas: Vec<f32>,
    bank: FilterBank,
}

impl Conversion {
    /// From frames of `from` to frames of `to`.
    ///
    /// # Errors
    /// A field of either dialect that is out of its range.
    pub fn new(from: &Dialect, to: &Dialect) -> Result<Self> {
        from.validate()?;
        to.validate()?;
        let (from_bank, bank) = (from.filter_bank(), to.filter_bank());
        let bin_hz = from.rate_hz as f32 / from.n_fft as f32;
        let bands = (0..from.n_mels).map(|index| from_bank.band(index));
        let (mut centres_hz, mut from_areas) = (Vec::new(), Vec::new());
        for (start, weights) in bands {
            let area: f32 = weights.iter().sum();
            let moment: f32 =
                weights.iter().enumerate().map(|(bin, weight)| (start + bin) as f32 * weight).sum();
            centres_hz.push(if area > 0.0 { moment / area * bin_hz } else { f32::NAN });
            from_areas.push(area);
        }
        if centres_hz.iter().any(|hz| hz.is_nan()) {
            let found = format!("{} bands, some of them narrower than a bin", from.n_mels);
            return Err(Error::invalid(
                format!("mel dialect {}", from.name),
                "n_mels",
                found,
                "bands that sum bins",
            ));
        }
        let to_bin_hz = to.rate_hz as f32 / to.n_fft as f32;
        let bins = (0..=to.n_fft / 2).map(|bin| place(&centres_hz, from, bin as f32 * to_bin_hz)).collect();
        Ok(Self { from: from.clone(), to: to.clone(), bins, from_areas, bank })
    }

    /// The frames of `mel` in the other dialect, as many as last as long.
    ///
    /// # Panics
    /// `mel` has other bands than the dialect that is converted from.
    pub fn apply(&self, mel: &Mel) -> Mel {
        assert_eq!(mel.n_mels(), self.from.n_mels, "frames of the dialect that is converted from");
        let seconds = (mel.frames() * self.from.hop) as f64 / f64::from(self.from.rate_hz);
        let frames = ((seconds * f64::from(self.to.rate_hz) / self.to.hop as f64).round() as usize).max(1);
        let mut data = Vec::with_capacity(frames * self.to.n_mels);
        let (mut bands, mut spectrum) = (vec![0.0; self.from.n_mels], vec![0.0; self.bins.len()]);
        for index in 0..frames {
            let at = (centre_s(&self.to, index) - centre_s(&self.from, 0)) * f64::from(self.from.rate_hz);
            interpolate(mel, at / self.from.hop as f64, &mut bands);
            self.convert(&mut bands, &mut spectrum, &mut data);
        }
        Mel::from_frames(self.to.n_mels, data)
    }

    /// What the frames lack that frames of the other dialect have, each in a few words; nothing where they lack nothing.
    pub fn losses(&self) -> Vec<String> {
        let (from, to) = (&self.from, &self.to);
        let mut losses = Vec::new();
        if !self.same_bands() {
            losses.push(format!("{} bands interpolated to {}", from.n_mels, to.n_mels));
        }
        let [from_ms, to_ms] = [from, to].map(|dialect| 1e3 * dialect.hop as f64 / f64::from(dialect.rate_hz));
        if (from_ms - to_ms).abs() > 1e-6 {
            losses.push(format!("frames of {from_ms:.1} ms to {to_ms:.1} ms"));
        }
        if from.fmax_hz < to.fmax_hz {
            losses.push(format!("nothing above {} Hz", from.fmax_hz));
        }
        if from.fmax_hz > to.fmax_hz {
            losses.push(format!("what was above {} Hz is gone", to.fmax_hz));
        }
        if from.compression == Compression::UnitDecibels {
            losses.push("what its 100 dB cut off stays cut off".to_owned());
        }
        losses
    }

    /// Whether both sum the same bins into the same bands.
    fn same_bands(&self) -> bool {
        let bands = |dialect: &Dialect| {
            let Dialect { rate_hz, n_fft, n_mels, fmin_hz, fmax_hz, scale, .. } = *dialect;
            (rate_hz, n_fft, n_mels, fmin_hz, fmax_hz, scale)
        };
        bands(&self.from) == bands(&self.to)
    }

    /// One frame: compressed `bands` of the one are appended to `data` as those of the other. `spectrum` is scratch.
    fn convert(&self, bands: &mut [f32], spectrum: &mut [f32], data: &mut Vec<f32>) {
        let (from, to) = (&self.from, &self.to);
        let gain = magnitude_gain(from, to);
        let silence = from.silence();
        let converted = |value: f32| {
            let magnitude = gain * value;
            if to.spectrum == Spectrum::Power { (magnitude / RAYLEIGH).powi(2) } else { magnitude }
        };
        // Loudness per bin; at the floor nothing is known but that it is quiet.
        for (band, area) in bands.iter_mut().zip(&self.from_areas) {
            let density = from.compression.expand(*band) / area;
            let magnitude = if from.spectrum == Spectrum::Power { RAYLEIGH * density.sqrt() } else { density };
            *band = if *band == silence { 0.0 } else { converted(magnitude) };
        }
        let start = data.len();
        data.resize(start + to.n_mels, 0.0);
        for (value, place) in spectrum.iter_mut().zip(&self.bins) {
            *value = place.map_or(0.0, |(band, share)| {
                let next = bands[(band + 1).min(bands.len() - 1)];
                bands[band] + share * (next - bands[band])
            });
        }
        if self.same_bands() {
            for ((value, band), area) in data[start..].iter_mut().zip(&*bands).zip(&self.from_areas) {
                *value = band * area;
            }
        } else {
            self.bank.apply(spectrum, &mut data[start..]);
        }
        data[start..].iter_mut().for_each(|value| *value = to.compression.compress(*value));
    }
}

/// Where `hz` lies among the centres of bands; beyond the outer edges of the bank nowhere.
fn place(centres_hz: &[f32], from: &Dialect, hz: f32) -> Option<(usize, f32)> {
    if hz < from.fmin_hz || hz > from.fmax_hz {
        return None;
    }
    let above = centres_hz.partition_point(|centre| *centre <= hz);
    let Some(band) = above.checked_sub(1) else { return Some((0, 0.0)) };
    let share = centres_hz.get(above).map_or(0.0, |next| (hz - centres_hz[band]) / (next - centres_hz[band]));
    Some((band, share))
}

/// How much larger a magnitude is in a spectrum of `to`: half-way between that of a tone and that of noise, which differ where windows
/// do not last equally long.
fn magnitude_gain(from: &Dialect, to: &Dialect) -> f32 {
    let tone = |dialect: &Dialect| dialect.win as f32;
    let noise = |dialect: &Dialect| (dialect.rate_hz as f32 * dialect.win as f32).sqrt();
    let unit = |dialect: &Dialect| match dialect.spectrum {
        Spectrum::MagnitudeUnitWindow => (HANN_MEAN_SQUARE * dialect.win as f32).sqrt(),
        _ => 1.0,
    };
    (tone(to) / tone(from) * noise(to) / noise(from)).sqrt() * unit(from) / unit(to)
}

/// The time of the middle of a frame, in seconds.
fn centre_s(dialect: &Dialect, index: usize) -> f64 {
    let samples = (index * dialect.hop + dialect.n_fft / 2) as f64 - dialect.pad_samples() as f64;
    samples / f64::from(dialect.rate_hz)
}

/// The frame at `at`, between two of `mel` in their own compression.
fn interpolate(mel: &Mel, at: f64, out: &mut [f32]) {
    let last = mel.frames() - 1;
    let at = at.clamp(0.0, last as f64);
    let (first, share) = (at.floor() as usize, at.fract() as f32);
    let (one, next) = (mel.frame(first), mel.frame((first + 1).min(last)));
    for ((out, one), next) in out.iter_mut().zip(one).zip(next) {
        *out = one + share * (next - one);
    }
}
