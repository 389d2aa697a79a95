//! Mel frames that other programs computed, held against a dialect, or known by what they look like.

use super::{Compression, Dialect, FilterBank, Mel, Spectrum};
use crate::{Error, Result};

/// Magnitude beyond which nothing can be computed: its square over a transform still is a number. Far above any sound, and
/// above frames that were normalized to ±4.
const MOST_MAGNITUDE: f32 = 1e17;
/// Values from which on no dialect holds any, whatever it compresses to.
const MOST_VALUE: f32 = 1e3;
/// How far values may lie outside of a dialect's range without a word: models that predict frames overshoot a little.
const TOLERANCE: f32 = 0.05;
/// Least power that is told from none where a dialect has no floor, as its logarithm.
const LEAST_LOG_POWER: f32 = -12.0;

/// Mel frames of which sound can be made, and what there is to say of them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReceivedMel {
    /// The frames, all of them finite.
    pub mel: Mel,
    /// In a sentence, why they are hardly of the dialect, where that shows.
    pub doubt: Option<String>,
}

impl Dialect {
    /// Takes `bands`, `[n_mels, frames]` row-major in this dialect, from the file `place`; −∞, a logarithm of nothing, is silence.
    ///
    /// # Errors
    /// NaN and +∞, by band and frame; values that no frame of the dialect can have, so that nothing can be computed of them.
    pub fn receive(&self, place: &str, bands: &[f32]) -> Result<ReceivedMel> {
        let dialect = self;
        let (n_mels, frames) = (dialect.n_mels, bands.len() / dialect.n_mels);
        if frames == 0 || !bands.len().is_multiple_of(n_mels) {
            let found = format!("{} values", bands.len());
            return Err(Error::invalid(place, "mel", found, format!("frames of {n_mels} bands")));
        }
        let silence = dialect.silence();
        let bands: Vec<f32> =
            bands.iter().map(|v| if *v == f32::NEG_INFINITY { silence } else { *v }).collect();
        let range = range(dialect);
        let at = |index: usize| format!("band {}, frame {}", index / frames, index % frames);
        if let Some(index) = bands.iter().position(|v| !v.is_finite()) {
            return Err(Error::invalid(place, at(index), bands[index], "a finite number, or -inf for silence"));
        }
        let impossible = |v: f32| v.abs() > MOST_VALUE || dialect.magnitude(v) > MOST_MAGNITUDE;
        // The farthest out: it says most of what the frames are.
        let far = (0..bands.len()).filter(|index| impossible(bands[*index]));
        if let Some(index) = far.max_by(|a, b| bands[*a].abs().total_cmp(&bands[*b].abs())) {
            let [low, high] = range;
            let expected = format!(
                "{low:.1} to {high:.1}, the range of {}, the mel dialect{}",
                dialect.name,
                looks(&bands, n_mels).map_or(String::new(), |looks| format!("; {looks}"))
            );
            return Err(Error::invalid(place, at(index), bands[index], expected));
        }
        let doubt = doubt(dialect, range, &bands);
        Ok(ReceivedMel { mel: Mel::from_bands(n_mels, &bands), doubt })
    }

    /// The published dialects that `values`, frames of `n_mels` bands, look like: those of the compression whose range holds them most
    /// closely.
    pub fn recognized(values: &[f32], n_mels: usize) -> Vec<Self> {
        let found = extremes(values);
        let named = Self::names().iter().map(|name| Self::named(name).expect("a known name"));
        let with_range =
            named.filter(|dialect| dialect.n_mels == n_mels).map(|dialect| (range(&dialect), dialect));
        let fits: Vec<_> = with_range.filter(|(range, _)| within(found, *range)).collect();
        let width = |[least, most]: [f32; 2]| most - least;
        let best = fits.iter().min_by(|(a, _), (b, _)| width(*a).total_cmp(&width(*b)));
        let Some(compression) = best.map(|(_, best)| best.compression) else { return Vec::new() };
        fits.into_iter()
            .map(|(_, dialect)| dialect)
            .filter(|dialect| dialect.compression == compression)
            .collect()
    }
}

/// The values that frames of `dialect` have: from silence to the loudest that a signal within full scale can be.
fn range(dialect: &Dialect) -> [f32; 2] {
    let Dialect { scale, rate_hz, n_fft, win, n_mels, fmin_hz, fmax_hz, .. } = *dialect;
    if dialect.compression == Compression::UnitDecibels {
        return [0.0, 1.0];
    }
    let bank = FilterBank::new(scale, rate_hz, n_fft, n_mels, fmin_hz, fmax_hz);
    // Half of what Parseval's theorem leaves for the bins of a signal at full scale: Σw² of a Hann window is 3/8 of it.
    let energy = n_fft as f32 * win as f32 * 0.375 / 2.0;
    let most = (0..n_mels).map(|index| {
        let (_, weights) = bank.band(index);
        match dialect.spectrum {
            Spectrum::Power => weights.iter().copied().fold(0.0, f32::max) * energy,
            _ => weights.iter().map(|w| w * w).sum::<f32>().sqrt() * energy.sqrt(),
        }
    });
    let high = dialect.compression.compress(most.fold(0.0, f32::max));
    let low = if dialect.compression == Compression::Log10 { LEAST_LOG_POWER } else { dialect.silence() };
    [low, high]
}

/// Least and largest value.
fn extremes(values: &[f32]) -> [f32; 2] {
    values.iter().fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], v| [low.min(*v), high.max(*v)])
}

/// Whether values from `low` to `high` are within the range from `least` to `most`, or a little beyond.
fn within([low, high]: [f32; 2], [least, most]: [f32; 2]) -> bool {
    let beyond = TOLERANCE * (most - least);
    low >= least - beyond && high <= most + beyond
}

/// Whether values from `low` to `high` lie around 0, as no dialect's do.
fn is_normalized([low, high]: [f32; 2]) -> bool {
    low < 0.0 && high > 0.0 && (low + high).abs() <= 0.1 * (high - low)
}

/// Why `values` are hardly frames of `dialect`, which has those from `least` to `most`.
fn doubt(dialect: &Dialect, [least, most]: [f32; 2], values: &[f32]) -> Option<String> {
    let found @ [low, high] = extremes(values);
    let logarithms = dialect.compression != Compression::UnitDecibels;
    // Sound of which no band of any frame is quiet: what lies from 0 to 1 under a logarithm was made for another scale.
    let unit = logarithms && low >= 0.0 && high <= 1.0 && high > low;
    // Nor are the quietest and the loudest as far from a magnitude of 1, unless their mean was made 0.
    let centred = logarithms && is_normalized(found) && low > least / 2.0;
    if within(found, [least, most]) && !unit && !centred {
        return None;
    }
    let looks = looks(values, dialect.n_mels).map_or(String::new(), |looks| format!("; {looks}"));
    Some(format!(
        "values from {low:.2} to {high:.2}, where {}, the mel dialect, has {least:.1} to {most:.1}{looks}",
        dialect.name
    ))
}

/// What frames of `n_mels` bands with these `values` look like.
fn looks(values: &[f32], n_mels: usize) -> Option<String> {
    let found @ [low, high] = extremes(values);
    if high > 15.0 || low < -30.0 {
        return Some("they look like decibels".into());
    }
    if is_normalized(found) {
        return Some("they look normalized, to ±4 or a variance of 1: undo that first".into());
    }
    let fits = Dialect::recognized(values, n_mels);
    let names: Vec<&str> = fits.iter().map(|dialect| dialect.name.as_str()).collect();
    (!names.is_empty()).then(|| format!("they look like those of {}", names.join(" or ")))
}
