//! Arrays in and out: mel frames, noise, samples.

use std::path::Path;

use anyhow::Result;
use remel::Error;
use remel::audio::{Audio, read_npy, write_npy};
use remel::checkpoint::read_array;
use remel::mel::{Dialect, Mel, ReceivedMel};
use remel::model::Model;
use remel::network::Rows;
use remel::vocoder::check_noise;

use super::output;
use super::print::note;

/// Mel frames as a file has them: two axes, with or without a first one of one.
pub struct MelFile {
    place: String,
    axes: [usize; 2],
    data: Vec<f32>,
}

impl MelFile {
    /// Reads them: a NumPy array, or a tensor.
    ///
    /// # Errors
    /// The file is no such array, or has other axes.
    pub fn read(path: &Path) -> Result<Self> {
        let (array, place) = (read_array(path)?, path.display().to_string());
        match array.shape[..] {
            [rows, columns] | [1, rows, columns] if rows * columns > 0 => {
                Ok(Self { place, axes: [rows, columns], data: array.data })
            }
            [batch, _, _] if batch > 1 => {
                let expected = format!("[n_mels, frames]: one of the {batch} at a time");
                Err(Error::invalid(place, "shape", format!("{:?}", array.shape), expected).into())
            }
            _ => Err(Error::invalid(place, "shape", format!("{:?}", array.shape), "[n_mels, frames]").into()),
        }
    }

    /// Whether an axis may be that of so many bands.
    pub fn has(&self, n_mels: usize) -> bool {
        self.axes.contains(&n_mels)
    }

    /// The published dialect that the values look like, as they are not of `own`, the model's; said on the terminal.
    ///
    /// # Errors
    /// None does, or several do whose values differ.
    pub fn recognize(&self, own: &Dialect) -> Result<Dialect> {
        let counts = if self.axes[0] == self.axes[1] { &self.axes[..1] } else { &self.axes[..] };
        let known: Vec<Dialect> =
            counts.iter().flat_map(|n_mels| Dialect::recognized(&self.data, *n_mels)).collect();
        let names: Vec<&str> = known.iter().map(|dialect| dialect.name.as_str()).collect();
        let refused = |found: String, expected: String| {
            Error::invalid(&self.place, "shape", format!("{:?}, {found}", self.axes), expected)
        };
        let Some((first, others)) = known.split_last() else {
            let expected =
                format!("[{}, frames] for this model, or frames that --dialect describes", own.n_mels);
            return Err(refused("values of no published dialect".to_owned(), expected).into());
        };
        if !others.iter().all(|other| other.has_values_of(first)) {
            let found = format!("frames that look like those of {}", names.join(" or "));
            return Err(refused(found, "--dialect to say of which".to_owned()).into());
        }
        note!(
            "{}: taken as frames of {}",
            self.place,
            names.iter().rev().copied().collect::<Vec<_>>().join(" or ")
        );
        Ok(first.clone())
    }

    /// The frames as those of `dialect`: `[n_mels, frames]`, or `[frames, n_mels]` where no other reading fits. What there is to doubt
    /// of them is said on the terminal.
    ///
    /// # Errors
    /// They have other bands, or values that no frame has.
    pub fn receive(self, dialect: &Dialect) -> Result<ReceivedMel> {
        let (place, n_mels) = (self.place, dialect.n_mels);
        let bands = match self.axes {
            [bands, _] if bands == n_mels => self.data,
            [_, bands] if bands == n_mels => {
                note!("{place}: taken as [frames, n_mels]");
                Mel::from_frames(n_mels, self.data).to_bands()
            }
            axes => {
                let expected = format!("[{n_mels}, frames] of {}", dialect.name);
                return Err(Error::invalid(place, "shape", format!("{axes:?}"), expected).into());
            }
        };
        let received = dialect.receive(&place, &bands)?;
        if let Some(doubt) = &received.doubt {
            note!("warning: {place}: {doubt}");
        }
        Ok(received)
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
