//! `remel compose IN.wav --spans N --model M -o OUT`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use remel::Error;
use remel::diffusion::Composition;

use super::arrays::SamplesFile;
use super::progress::Progress;
use super::sampled::Sampled;
use super::windows::Windows;

/// Arguments of `remel compose`.
#[derive(Args)]
pub struct Compose {
    /// Sound to go on with, of a minute at most and an even number of samples: a window
    input: PathBuf,
    /// How many spans to make, each half as long as the window: its first half is what was there before
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    spans: u16,
    /// Audio (.wav) or samples (.npy) to write, at the model's rate
    #[arg(short, long)]
    output: PathBuf,
    /// Begin the output with the input
    #[arg(long)]
    keep_start: bool,
    /// How often every step is taken: the more, the better a span fits what was there before
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    resamples: u16,
    #[command(flatten)]
    sampled: Sampled,
}

impl Compose {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let [noise, file] = self.sampled.files();
        let output = SamplesFile::of(&self.output, &[Some(&self.input), noise, file])?;
        let model = self.sampled.load()?;
        let request = self.sampled.request(&model)?;
        let sound = Windows::read(&self.input, &model)?;
        let samples = sound.samples();
        if samples == 0 || !samples.is_multiple_of(2) {
            let expected = "an even number: a span is half of them";
            return Err(Error::invalid(self.input.display(), "samples", samples, expected).into());
        }
        let (spans, resamples) = (usize::from(self.spans), usize::from(self.resamples));
        let of = |start| Composition { start, channels: sound.channels, spans, resamples };
        let rows = of(&[]).rows(&model.sampling(&request, 1.0)?);
        let noise = self.sampled.read_noise(&model, rows, Some(samples * sound.channels))?;
        let seconds = sound.all_seconds() * (spans * resamples) as f64;
        let mut vocoder = self.sampled.model.place(model, || seconds)?;
        let progress = Progress::new("composing");
        let mut windows = Vec::with_capacity(sound.windows.len());
        for start in &sound.windows {
            let show = &mut |done, all| progress.show(done, all);
            let composed = vocoder.compose(&of(start), noise.as_deref(), &request, show)?;
            let starts = start.chunks(samples).map(|start| if self.keep_start { start } else { &[] });
            let spans = composed.chunks(composed.len() / sound.channels);
            windows.push(starts.zip(spans).flat_map(|(start, spans)| [start, spans].concat()).collect());
        }
        output.write(&sound.into_audio(windows))
    }
}
