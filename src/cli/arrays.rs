//! Arrays in and out: mel frames, noise, samples.

use std::path::Path;

use anyhow::Result;
use remel::Error;
use remel::audio::{Audio, read_npy, write_npy};
use remel::checkpoint::read_array;
use remel::mel::Mel;
use remel::model::{Model, ReceivedMel};
use remel::network::Rows;
use remel::vocoder::check_noise;

use super::output;
use super::print::note;

/// Reads mel frames that fit `model`, as [`read_bands`] does. What there is to doubt of them is said on the terminal.
pub fn read_mel(path: &Path, model: &Model) -> Result<ReceivedMel> {
    let bands = read_bands(path, model.dialect()?.n_mels, "this model")?;
    let place = path.display();
    let received = model.receive_mel(&place.to_string(), &bands)?;
    if let Some(doubt) = &received.doubt {
        note!("warning: {place}: {doubt}");
    }
    Ok(received)
}

/// Reads mel frames for `whom`: `[n_mels, frames]`, or `[frames, n_mels]` where no other reading fits, with or without a first axis of
/// one. Gives them as `[n_mels, frames]`.
pub fn read_bands(path: &Path, n_mels: usize, whom: &str) -> Result<Vec<f32>> {
    let (array, place) = (read_array(path)?, path.display());
    let axes = match array.shape.as_slice() {
        [1, axes @ ..] => axes,
        axes => axes,
    };
    match axes {
        [bands, frames] if *bands == n_mels && *frames > 0 => Ok(array.data),
        [frames, bands] if *bands == n_mels && *frames > 0 => {
            note!("{place}: taken as [frames, n_mels]");
            Ok(Mel::from_frames(n_mels, array.data).to_bands())
        }
        [batch, bands, frames] if *bands == n_mels && *frames > 0 => {
            let expected = format!("[{n_mels}, frames]: one of the {batch} at a time");
            Err(Error::invalid(place, "shape", format!("{:?}", array.shape), expected).into())
        }
        _ => {
            let expected = format!("[{n_mels}, frames] for {whom}");
            Err(Error::invalid(place, "shape", format!("{:?}", array.shape), expected).into())
        }
    }
}

/// Reads every Gaussian of a sampling of `model`, `[rows, values]`: as many values as asked for, or as the file's rows have.
pub fn read_noise(path: &Path, model: &Model, rows: usize, values: Option<usize>) -> Result<Vec<f32>> {
    let noise = read_npy(path)?;
    let layout = model.header().network.layout();
    let shape = match noise.shape.as_slice() {
        // Channels of a row one after another.
        [rows, channels, samples] if layout.rows == Rows::Samples && *channels == layout.channels => {
            vec![*rows, channels * samples]
        }
        shape => shape.to_vec(),
    };
    let values = values.or(shape.last().copied()).unwrap_or(0);
    check_noise(&path.display().to_string(), &shape, rows, values, layout.row_values())?;
    Ok(noise.data)
}

/// Where samples go: a NumPy array, or else audio.
#[derive(Clone, Copy)]
pub enum SamplesFile<'a> {
    /// `[samples]` or, of several channels, `[channels, samples]`, as they are.
    Array(&'a Path),
    /// 32-bit float.
    Audio(&'a Path),
}

impl<'a> SamplesFile<'a> {
    /// What the extension of `path` says; of a pipe or a device without one, audio. It overwrites none of the `inputs`.
    ///
    /// # Errors
    /// As [`output::check`], where it is neither `.npy` nor `.wav`.
    pub fn of(path: &'a Path, inputs: &[Option<&Path>]) -> Result<Self> {
        output::check(path, &["wav", "npy"], inputs)?;
        let is_array = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npy"));
        Ok(if is_array { Self::Array(path) } else { Self::Audio(path) })
    }

    /// Writes the samples.
    pub fn write(self, audio: &Audio) -> Result<()> {
        match (self, &audio.channels[..]) {
            (Self::Array(path), [samples]) => write_npy(path, &[samples.len()], samples)?,
            (Self::Array(path), channels) => {
                write_npy(path, &[channels.len(), audio.samples()], &channels.concat())?;
            }
            (Self::Audio(path), _) => audio.write_wav(path)?,
        }
        Ok(())
    }
}
