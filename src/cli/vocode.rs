//! `remel vocode IN… -o OUT.wav`

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use remel::audio::{Audio, is_stream};
use remel::mel::MelEditSettings;
use remel::render::Render;
use remel::stream::LatencyMode;
use remel::vocoder::{FileRequest, Vocoder};

use super::input::read_audio;
use super::options::{ModelOptions, SamplingOptions, ranged, share};
use super::output::{self, Pair};
use super::print::note;
use super::progress::Progress;

/// Strength with a carrier where none is asked for: the carrier is heard, and the mel frames are understood.
const CARRIER_STRENGTH: f32 = 0.55;

/// Arguments of `remel vocode`.
#[derive(Args)]
pub struct Vocode {
    /// Audio files; - is standard input
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// Audio to write, at the input's sample rate; of several inputs, a folder, where each keeps its name; - is standard
    /// output
    #[arg(short, long, value_name = "OUT.wav")]
    output: PathBuf,
    #[command(flatten)]
    model: ModelOptions,
    #[command(flatten)]
    sampling: SamplingOptions,
    /// How far the carrier is noised, 0 to 1; 1 starts from pure noise [default: 1; with --carrier 0.55]
    #[arg(long, value_parser = share)]
    strength: Option<f32>,
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
        let others = [self.carrier.as_deref(), self.mel_from.as_deref(), self.model.file()];
        let pairs = output::pairs(&self.inputs, &self.output, "wav", &others)?;
        let model = self.model.load()?;
        let request = self.sampling.request(&model, self.model.class(&model)?, self.strength())?;
        // Alone, an input that cannot be read is known before a device is opened.
        let alone = if let [pair] = &pairs[..] { Some(read_audio(&pair.input)?) } else { None };
        let read = |path: &Option<PathBuf>| path.as_deref().map(read_audio).transpose();
        let (mel_from, carrier) = (read(&self.mel_from)?, read(&self.carrier)?);
        let vocoder = self.model.place(model, || sound_seconds(alone.as_ref(), &pairs))?;
        let (shift_semitones, detail) = (self.shift, self.detail);
        let edit = MelEditSettings { shift_semitones, detail, ..MelEditSettings::default() };
        let plan = self.stream.then(|| LatencyMode::Studio.plan(&vocoder.format()));
        let file = FileRequest { request, edit, mix: self.mix, plan };
        let mut files = Files { vocoder, file, mel_from, carrier };
        match alone {
            Some(input) => files.vocode(&input, &pairs[0]),
            None => files.vocode_all(&pairs),
        }
    }

    /// How far the carrier is noised.
    fn strength(&self) -> f32 {
        let usual = if self.carrier.is_some() { CARRIER_STRENGTH } else { 1.0 };
        let strength = self.strength.unwrap_or(usual);
        if self.carrier.is_some() && strength >= 1.0 {
            note!("--carrier: nothing of it is left at --strength 1");
        }
        strength
    }
}

/// How much sound of one channel there is in the files that are vocoded: in `alone`, or about so much in several.
fn sound_seconds(alone: Option<&Audio>, pairs: &[Pair]) -> f64 {
    let of = |audio: &Audio| audio.seconds() * audio.channels.len() as f64;
    let files = || pairs.iter().map(|pair| &pair.input).filter(|path| !is_stream(path));
    // What cannot be read is named when its turn comes.
    let first = || files().find_map(|path| read_audio(path).ok());
    alone.map_or_else(|| first().map_or(0.0, |audio| of(&audio) * pairs.len() as f64), of)
}

/// What all files of one call are vocoded with.
struct Files {
    vocoder: Vocoder,
    file: FileRequest,
    mel_from: Option<Audio>,
    carrier: Option<Audio>,
}

impl Files {
    /// Vocodes one file after the other. Those that cannot be vocoded are named, and the others go on.
    ///
    /// # Errors
    /// Where one could not be vocoded.
    fn vocode_all(&mut self, pairs: &[Pair]) -> Result<()> {
        let mut failed = 0;
        for pair in pairs {
            let vocoded = read_audio(&pair.input).and_then(|input| self.vocode(&input, pair));
            if let Err(error) = vocoded {
                note!("remel: {error:#}");
                failed += 1;
            }
        }
        if failed > 0 {
            bail!("{failed} of {} files were not vocoded", pairs.len());
        }
        Ok(())
    }

    fn vocode(&mut self, input: &Audio, pair: &Pair) -> Result<()> {
        let progress = Progress::new("vocoding");
        let (mel_from, carrier) = (self.mel_from.as_ref(), self.carrier.as_ref());
        let show = &mut |done, all| progress.show(done, all);
        let result = self.vocoder.vocode(input, mel_from, carrier, &self.file, show)?;
        pair.make_folder()?;
        Ok(result.write_wav(&pair.output)?)
    }
}
