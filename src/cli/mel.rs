//! `remel mel IN -o MEL.npy`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use remel::audio::write_npy;
use remel::checkpoint::{self, Bundled};
use remel::mel::mel_of;
use remel::spectrogram::Picture;

use super::input::read_audio;
use super::print::note;
use super::{options, output};

/// Arguments of `remel mel`.
#[derive(Args)]
pub struct MelCommand {
    /// Audio file; channels are averaged
    input: PathBuf,
    /// Mel frames to write, [n_mels, frames] f32
    #[arg(short, long, value_name = "MEL.npy")]
    output: PathBuf,
    /// Draw them too
    #[arg(long, value_name = "PICTURE.png")]
    png: Option<PathBuf>,
    /// Compute what this model was trained on [default: small]
    #[arg(long, value_name = "MODEL", conflicts_with = "dialect")]
    model: Option<PathBuf>,
    /// Compute this dialect: a published one by its name, or one that a JSON file describes
    #[arg(long, value_name = "NAME|FILE.json")]
    dialect: Option<String>,
}

impl MelCommand {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let model = self.model.as_deref().and_then(options::file);
        output::check(&self.output, &["npy"], &[Some(&self.input), model])?;
        if let Some(png) = &self.png {
            output::check(png, &["png"], &[Some(&self.input), model])?;
        }
        let dialect = match (&self.dialect, &self.model) {
            (Some(name), _) => options::dialect(name)?,
            (None, Some(path)) => checkpoint::load(path, None)?.dialect()?.clone(),
            (None, None) => Bundled::default().model().dialect()?.clone(),
        };
        let audio = read_audio(&self.input)?.resampled(dialect.rate_hz);
        let mel = mel_of(&audio.to_mono(), &dialect)?;
        let (bands, frames) = (mel.n_mels(), mel.frames());
        if let Some(png) = &self.png {
            Picture::of_mels(&[&mel]).write(png)?;
        }
        write_npy(&self.output, &[bands, frames], &mel.to_bands())?;
        note!("{}: {frames} frames of {bands} mels ({})", self.output.display(), dialect.name);
        Ok(())
    }
}
