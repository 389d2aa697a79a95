//! `remel upsample IN --model M -o OUT`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use remel::Error;

use super::arrays::SamplesFile;
use super::sampled::Sampled;
use super::windows::read_windows;

/// Arguments of `remel upsample`.
#[derive(Args)]
pub struct Upsample {
    /// Audio at the lower rate, or samples (.npy), [samples] or [channels, samples]
    input: PathBuf,
    /// Audio (.wav) or samples (.npy) to write, at the model's rate
    #[arg(short, long)]
    output: PathBuf,
    /// How many times fewer samples the input has: one of those that the model was trained for [default: the first of them]
    #[arg(long)]
    factor: Option<usize>,
    #[command(flatten)]
    sampled: Sampled,
}

impl Upsample {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let [noise, file] = self.sampled.files();
        let output = SamplesFile::of(&self.output, &[noise, file, Some(&self.input)])?;
        let model = self.sampled.load()?;
        let header = model.header();
        let config = header.network.unet1d(&header.card.name)?;
        let Some(first) = config.factor.first() else {
            return Err(Error::invalid(&header.card.name, "network", "no upsampler", "an upsampler").into());
        };
        let factor = self.factor.unwrap_or(*first);
        if !config.factor.contains(&factor) {
            let expected = format!("one of {:?}, which the model was trained for", config.factor);
            return Err(Error::invalid("--factor", "value", factor, expected).into());
        }
        let windows = read_windows(&self.input, header.rate_hz / factor as u32, config.in_channels)?;
        let samples = windows[0].len() / config.in_channels * factor;
        let conditions: Vec<_> =
            windows.iter().map(|window| config.upsampler_condition(window, factor)).collect();
        output.write(&self.sampled.run("upsampling", model, &conditions, Some(samples))?)
    }
}
