//! Audio in memory.

use std::path::Path;

use super::resample::resample;
use super::write::write_whole;
use crate::Result;

/// Planar audio: one vector of samples per channel, all of one length, in [−1, 1].
///
/// ```
/// use remel::audio::Audio;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("tone.wav");
/// let tone = (0..48_000).map(|n| (n as f32 * 0.05).sin() * 0.5);
/// let tone = Audio::mono(48_000, tone.collect());
/// assert_eq!(tone.seconds(), 1.0);
/// assert_eq!(tone.resampled(24_000).samples(), 24_000);
///
/// tone.write_wav(&path)?;
/// assert_eq!(Audio::read(&path)?, tone);
/// # Ok::<(), remel::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Audio {
    /// Samples per second.
    pub rate_hz: u32,
    /// `[channels][samples]`.
    pub channels: Vec<Vec<f32>>,
}

impl Audio {
    /// A mono signal.
    pub fn mono(rate_hz: u32, samples: Vec<f32>) -> Self {
        Self { rate_hz, channels: vec![samples] }
    }

    /// Writes 32-bit float WAV: what was computed, bit for bit. The file appears whole or not at all.
    pub fn write_wav(&self, path: &Path) -> Result<()> {
        let spec = hound::WavSpec {
            channels: self.channels.len() as u16,
            sample_rate: self.rate_hz,
            bits_per_sample: 32,
            sample_format: hound::SampleFormat::Float,
        };
        write_whole(path, |file| {
            let broken = |e: hound::Error| match e {
                hound::Error::IoError(source) => source,
                other => std::io::Error::other(other),
            };
            let mut writer = hound::WavWriter::new(file, spec).map_err(broken)?;
            for index in 0..self.samples() {
                for channel in &self.channels {
                    writer.write_sample(channel[index]).map_err(broken)?;
                }
            }
            writer.finalize().map_err(broken)
        })
    }

    /// Samples per channel.
    pub fn samples(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// Duration in seconds.
    pub fn seconds(&self) -> f64 {
        self.samples() as f64 / f64::from(self.rate_hz)
    }

    /// The mean of all channels.
    pub fn to_mono(&self) -> Vec<f32> {
        let scale = 1.0 / self.channels.len() as f32;
        (0..self.samples()).map(|i| self.channels.iter().map(|c| c[i]).sum::<f32>() * scale).collect()
    }

    /// The same audio at `rate_hz`.
    pub fn resampled(&self, rate_hz: u32) -> Self {
        let channels = self.channels.iter().map(|c| resample(c, self.rate_hz, rate_hz)).collect();
        Self { rate_hz, channels }
    }
}
