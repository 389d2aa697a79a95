//! The mel dialects that published networks were trained on.

use serde::{Deserialize, Serialize};

use super::{Compression, Framing, Scale, Spectrum};
use crate::{Error, Result};

/// All that determines the mel frames of a signal. Part of every model file: a mel is only worth something to
/// the network that was trained on it.
///
/// ```
/// use remel::mel::Dialect;
///
/// let dialect = Dialect::named("hifigan")?;
/// assert_eq!((dialect.rate_hz, dialect.hop, dialect.n_mels), (22_050, 256, 80));
/// // The frames of another program, which differ in one thing.
/// let mine = Dialect { name: "mine".into(), fmax_hz: 11_025.0, ..dialect };
/// mine.validate()?;
///
/// let wrong = Dialect { fmax_hz: 12_000.0, ..mine }.validate().unwrap_err();
/// assert_eq!(wrong.to_string(), "mel dialect mine: fmax_hz: found 12000, expected above 0, at most 11025");
/// # Ok::<(), remel::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialect {
    /// The dialect's name; one of [`Dialect::names`], or a model's own.
    pub name: String,
    /// The sample rate that frames are computed at.
    pub rate_hz: u32,
    /// Points of the Fourier transform.
    pub n_fft: usize,
    /// Samples from frame to frame.
    pub hop: usize,
    /// Samples of the periodic Hann window, centred in the `n_fft` points.
    pub win: usize,
    /// Bands per frame.
    pub n_mels: usize,
    /// Lower edge of the lowest band.
    pub fmin_hz: f32,
    /// Upper edge of the highest band.
    pub fmax_hz: f32,
    /// The mel scale and the norm of its filters.
    pub scale: Scale,
    /// What of the spectrum the bands sum.
    pub spectrum: Spectrum,
    /// How a band's value is compressed.
    pub compression: Compression,
    /// Where frames lie.
    pub framing: Framing,
}

impl Dialect {
    /// Checks that frames can be computed: what comes from a model file may hold anything.
    ///
    /// # Errors
    /// The first field that is out of its range.
    pub fn validate(&self) -> Result<()> {
        let invalid = |field: &str, found: String, expected: String| {
            Err(Error::invalid(format!("mel dialect {}", self.name), field, found, expected))
        };
        if self.rate_hz == 0 {
            return invalid("rate_hz", "0".into(), "at least 1".into());
        }
        if !(2..=1 << 20).contains(&self.n_fft) || !self.n_fft.is_multiple_of(2) {
            return invalid("n_fft", self.n_fft.to_string(), "an even number from 2 to 1048576".into());
        }
        if !(2..=self.n_fft).contains(&self.win) {
            return invalid("win", self.win.to_string(), format!("2 to n_fft = {}", self.n_fft));
        }
        if !(1..=self.win).contains(&self.hop) {
            return invalid("hop", self.hop.to_string(), format!("1 to win = {}", self.win));
        }
        if self.framing == Framing::MidHop && !self.hop.is_multiple_of(2) {
            return invalid("hop", self.hop.to_string(), "an even number under mid-hop framing".into());
        }
        if !(1..=4096).contains(&self.n_mels) {
            return invalid("n_mels", self.n_mels.to_string(), "1 to 4096".into());
        }
        let nyquist_hz = self.rate_hz as f32 / 2.0;
        if !(self.fmax_hz > 0.0 && self.fmax_hz <= nyquist_hz) {
            return invalid("fmax_hz", self.fmax_hz.to_string(), format!("above 0, at most {nyquist_hz}"));
        }
        if !(self.fmin_hz >= 0.0 && self.fmin_hz < self.fmax_hz) {
            return invalid("fmin_hz", self.fmin_hz.to_string(), format!("0 to below {}", self.fmax_hz));
        }
        match self.compression {
            Compression::Ln { floor } if !(floor > 0.0 && floor.is_finite()) => {
                invalid("compression.floor", floor.to_string(), "a finite number above 0".into())
            }
            _ => Ok(()),
        }
    }

    /// Whether nothing sounds in a frame, `[n_mels]`: all its bands are at [`Dialect::silence`], but for what is left of a
    /// smear that dies away.
    pub fn is_silent(&self, frame: &[f32]) -> bool {
        let silence = self.silence();
        frame.iter().all(|value| (value - silence).abs() < 1e-3)
    }

    /// The compressed value of digital silence, the same in every band.
    pub fn silence(&self) -> f32 {
        self.compression.silence()
    }

    /// The magnitude that `compressed` stands for: [`Compression::expand`], and its square root where the
    /// dialect sums powers. In the units of [`Dialect::spectrum`], so comparable only within one dialect.
    pub fn magnitude(&self, compressed: f32) -> f32 {
        let value = self.compression.expand(compressed);
        if self.spectrum == Spectrum::Power { value.sqrt() } else { value }
    }

    /// Whether frames hold the values that those of `other` do, wherever they lie, but for the trace that
    /// [`Spectrum::MagnitudeEps`] adds.
    pub fn has_values_of(&self, other: &Self) -> bool {
        let values = |dialect: &Self| Self {
            name: String::new(),
            framing: Framing::Centred,
            spectrum: match dialect.spectrum {
                Spectrum::MagnitudeEps => Spectrum::Magnitude,
                spectrum => spectrum,
            },
            ..dialect.clone()
        };
        values(self) == values(other)
    }

    /// Samples that a file is reflected by at each end.
    pub fn pad_samples(&self) -> usize {
        self.framing.pad_samples(self.n_fft, self.hop)
    }

    /// Samples from the first of a frame's own hop to the end of its window.
    pub fn look_ahead_samples(&self) -> usize {
        self.win - self.lead_samples()
    }

    /// Samples after a frame's own hop that lie under its window.
    pub fn tail_samples(&self) -> usize {
        self.look_ahead_samples().saturating_sub(self.hop)
    }

    /// Frame 0 begins this many samples before sample 0 (what its window does not cover left out).
    pub(crate) fn lead_samples(&self) -> usize {
        self.pad_samples() - (self.n_fft - self.win) / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_out_of_range_are_named() {
        type Break = fn(&mut Dialect);
        let breaks: [(&str, Break); 12] = [
            ("rate_hz", |d| d.rate_hz = 0),
            ("n_fft", |d| d.n_fft = 1023),
            ("n_fft", |d| d.n_fft = 0),
            ("win", |d| d.win = 1025),
            ("win", |d| d.win = 1),
            ("hop", |d| d.hop = 0),
            ("hop", |d| d.hop = 255),
            ("n_mels", |d| d.n_mels = 0),
            ("fmax_hz", |d| d.fmax_hz = 11026.0),
            ("fmax_hz", |d| d.fmax_hz = f32::NAN),
            ("fmin_hz", |d| d.fmin_hz = 8000.0),
            ("compression.floor", |d| d.compression = Compression::Ln { floor: 0.0 }),
        ];
        for (field, breaks) in breaks {
            let mut dialect = Dialect::named("hifigan").unwrap();
            breaks(&mut dialect);
            let message = dialect.validate().unwrap_err().to_string();
            assert!(message.contains(&format!(": {field}: ")), "{field}: {message}");
        }
    }

    #[test]
    fn tacotrons_frames_are_hifigans_half_a_hop_apart() {
        let of = |name: &str| Dialect::named(name).unwrap();
        assert!(of("tacotron2").has_values_of(&of("hifigan")));
        assert!(!of("vocos-24k").has_values_of(&of("bigvgan-24k")));
        assert!(Dialect::names().iter().all(|name| of(name).has_values_of(&of(name))));
    }

    #[test]
    fn magnitude_is_the_root_where_powers_are_summed() {
        let of = |name: &str, value| Dialect::named(name).unwrap().magnitude(value);
        assert_eq!(of("ivanvovk-wavegrad", 2.0), 10.0);
        assert_eq!(of("hifigan", 0.0), 1.0);
        assert!((of("lmnt-diffwave", 0.8) - 1.0).abs() < 1e-5);
    }
}
