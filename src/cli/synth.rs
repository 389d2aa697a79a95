//! `remel synth MEL.npy -o OUT`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::arrays::{SamplesFile, read_mel, read_noise};
use super::options::{ModelOptions, SamplingOptions};
use super::progress::Progress;

/// Arguments of `remel synth`.
#[derive(Args)]
pub struct Synth {
    /// Mel frames, [n_mels, frames], in the model's dialect
    input: PathBuf,
    /// Audio (.wav) or samples (.npy) to write
    #[arg(short, long)]
    output: PathBuf,
    #[command(flatten)]
    model: ModelOptions,
    #[command(flatten)]
    sampling: SamplingOptions,
    /// Every Gaussian, [steps, samples]: row 0 is x_T, row k what is added after step k
    #[arg(long, value_name = "NOISE.npy", conflicts_with = "seed")]
    noise: Option<PathBuf>,
}

impl Synth {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let output = SamplesFile::of(&self.output)?;
        let model = self.model.load()?;
        let mel = read_mel(&self.input, &model)?;
        let request = self.sampling.request(&model, self.model.class(&model)?, 1.0)?;
        let length = model.header().network.layout().values(mel.frames());
        let noise =
            self.noise.as_ref().map(|path| read_noise(path, &model, &request, Some(length))).transpose()?;
        let rate_hz = model.header().rate_hz;
        let mut vocoder = self.model.place(model)?;
        let progress = Progress::new("synthesizing");
        let samples = match noise {
            Some(noise) => vocoder.synthesize_with_noise(&mel, &noise, &request)?,
            None => vocoder.synthesize(&mel, &[], &request, &mut |done, all| progress.show(done, all))?,
        };
        output.write(rate_hz, samples)
    }
}
