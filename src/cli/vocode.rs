//! `remel vocode IN -o OUT.wav`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use remel::Error;
use remel::audio::Audio;
use remel::mel::MelEditSettings;
use remel::render::Render;
use remel::stream::LatencyMode;
use remel::vocoder::FileRequest;

use super::arrays::SamplesFile;
use super::options::{ModelOptions, SamplingOptions, ranged, share};
use super::progress::Progress;

/// Arguments of `remel vocode`.
#[derive(Args)]
pub struct Vocode {
    /// Audio file
    input: PathBuf,
    /// Audio to write, at the input's sample rate
    #[arg(short, long, value_name = "OUT.wav")]
    output: PathBuf,
    #[command(flatten)]
    model: ModelOptions,
    #[command(flatten)]
    sampling: SamplingOptions,
    /// How far the carrier is noised, 0 to 1; 1 starts from pure noise
    #[arg(long, default_value = "1", value_parser = share)]
    strength: f32,
    /// What is noised where strength is below 1 [default: the input]
    #[arg(long, value_name = "FILE")]
    carrier: Option<PathBuf>,
    /// Take the mel frames from this file instead of the input
    #[arg(long, value_name = "FILE")]
    mel_from: Option<PathBuf>,
    /// Shift along the mel axis, −12 to 12
    #[arg(long, value_name = "SEMITONES", default_value = "0", value_parser = semitones, allow_hyphen_values = true)]
    shift: f32,
    /// What is left of the mel's detail over bands, 0 to 1: at 0.5 the formants, without pitch
    #[arg(long, default_value = "1", value_parser = share)]
    detail: f32,
    /// Share of the vocoded signal, 0 to 1; the rest is the input
    #[arg(long, default_value = "1", value_parser = share)]
    mix: f32,
    /// Render in the windows of the plugin's Studio mode
    #[arg(long)]
    stream: bool,
}

fn semitones(text: &str) -> Result<f32, String> {
    ranged(text, -12.0, 12.0)
}

impl Vocode {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        if let SamplesFile::Array(_) = SamplesFile::of(&self.output)? {
            return Err(Error::invalid(self.output.display(), "extension", ".npy", ".wav").into());
        }
        let model = self.model.load()?;
        let request = self.sampling.request(&model, self.model.class(&model)?, self.strength)?;
        let input = Audio::read(&self.input)?;
        let read = |path: &Option<PathBuf>| path.as_deref().map(Audio::read).transpose();
        let (mel_from, carrier) = (read(&self.mel_from)?, read(&self.carrier)?);
        let mut vocoder = self.model.place(model)?;
        let (shift_semitones, detail) = (self.shift, self.detail);
        let edit = MelEditSettings { shift_semitones, detail, ..MelEditSettings::default() };
        let plan = self.stream.then(|| LatencyMode::Studio.plan(&vocoder.format()));
        let file = FileRequest { request, edit, mix: self.mix, plan };
        let progress = Progress::new("vocoding");
        let output = vocoder.vocode(&input, mel_from.as_ref(), carrier.as_ref(), &file, &mut |done, all| {
            progress.show(done, all)
        })?;
        output.write_wav(&self.output)?;
        Ok(())
    }
}
