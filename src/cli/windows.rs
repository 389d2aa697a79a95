//! Sound as the windows of a network without mel, and back.

use std::path::Path;

use anyhow::Result;
use remel::Error;
use remel::audio::{Audio, read_npy};
use remel::model::Model;

use super::input::read_audio;
use super::print::note;

/// Most seconds of a window: what has no mel is rendered at once.
pub const MOST_SECONDS: f32 = 60.0;

/// Reads sound at `rate_hz` for windows of a network with so many `channels`: one window, or for a network of one channel as many
/// as there are channels, `[channels, samples]` each. Samples of a `.npy` file, `[samples]` or `[channels, samples]`, are taken to
/// be at that rate.
///
/// # Errors
/// Where it cannot be read, lasts too long, or has not as many channels as the network.
pub fn read_windows(path: &Path, rate_hz: u32, channels: usize) -> Result<Vec<Vec<f32>>> {
    let is_array = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npy"));
    let audio = if is_array { read_samples(path, rate_hz)? } else { read_audio(path)? };
    if audio.seconds() > MOST_SECONDS.into() {
        let expected = format!("at most {MOST_SECONDS}: it is one window");
        return Err(Error::invalid(path.display(), "seconds", audio.seconds(), expected).into());
    }
    if audio.rate_hz != rate_hz {
        note!("{}: resampled from {} Hz to {rate_hz} Hz", path.display(), audio.rate_hz);
    }
    let found = audio.channels.len();
    if channels > 1 && found != channels {
        let expected = format!("{channels}, as the model has");
        return Err(Error::invalid(path.display(), "channels", found, expected).into());
    }
    let sound = audio.resampled(rate_hz).channels;
    Ok(if channels > 1 { vec![sound.concat()] } else { sound })
}

/// Reads samples, `[samples]` or `[channels, samples]`, with or without a first axis of one before those.
fn read_samples(path: &Path, rate_hz: u32) -> Result<Audio> {
    let array = read_npy(path)?;
    let channels = match *array.shape.as_slice() {
        [samples] if samples > 0 => 1,
        [channels, samples] | [1, channels, samples] if channels > 0 && samples > 0 => channels,
        _ => {
            let expected = "[samples] or [channels, samples]";
            return Err(Error::invalid(path.display(), "shape", format!("{:?}", array.shape), expected).into());
        }
    };
    let channels = array.data.chunks(array.data.len() / channels).map(<[f32]>::to_vec).collect();
    Ok(Audio { rate_hz, channels })
}

/// Sound at a model's rate.
pub struct Windows {
    rate_hz: u32,
    /// Channels of a window: as many as the network has.
    pub channels: usize,
    /// `[channels, samples]` each: one, or one for every channel of the sound where the network has a single one.
    pub windows: Vec<Vec<f32>>,
}

impl Windows {
    /// Reads the sound `path` for `model`.
    ///
    /// # Errors
    /// Where it cannot be read, lasts too long, or has not as many channels as the network.
    pub fn read(path: &Path, model: &Model) -> Result<Self> {
        let header = model.header();
        let (rate_hz, channels) = (header.rate_hz, header.network.layout().channels);
        let windows = read_windows(path, rate_hz, channels)?;
        Ok(Self { rate_hz, channels, windows })
    }

    /// Samples of a channel.
    pub fn samples(&self) -> usize {
        self.windows.first().map_or(0, Vec::len) / self.channels
    }

    /// Seconds of them.
    pub fn seconds(&self) -> f64 {
        self.samples() as f64 / f64::from(self.rate_hz)
    }

    /// Seconds of sound in all windows together.
    pub fn all_seconds(&self) -> f64 {
        self.seconds() * self.windows.len() as f64
    }

    /// The sample at `seconds`.
    pub fn sample_at(&self, seconds: f64) -> usize {
        (seconds * f64::from(self.rate_hz)).round() as usize
    }

    /// The sound of windows that were made of these.
    pub fn into_audio(self, windows: Vec<Vec<f32>>) -> Audio {
        let channels = windows.iter().flat_map(|window| window.chunks(window.len() / self.channels));
        Audio { rate_hz: self.rate_hz, channels: channels.map(<[f32]>::to_vec).collect() }
    }
}
