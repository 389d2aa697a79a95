//! `remel synth MEL.npy -o OUT`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use remel::audio::{Audio, read_npy, write_npy};
use remel::vocoder::check_noise;

use super::options::{ModelOptions, SamplingOptions, is_npy, read_mel};
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
        let npy = is_npy(&self.output)?;
        let model = self.model.load()?;
        let mel = read_mel(&self.input, &model)?;
        let request = self.sampling.request(1.0);
        let noise = match &self.noise {
            Some(path) => {
                let noise = read_npy(path)?;
                let steps = model.sampler(&request.schedule, 1.0)?.steps.len();
                let samples = model.header().network.samples(mel.frames());
                check_noise(&path.display().to_string(), &noise.shape, steps, samples)?;
                Some(noise.data)
            }
            None => None,
        };
        let rate_hz = model.header().rate_hz;
        let mut vocoder = self.model.place(model)?;
        let progress = Progress::new("synthesizing");
        let samples = match noise {
            Some(noise) => vocoder.synthesize_with_noise(&mel, &noise, &request)?,
            None => vocoder.synthesize(&mel, &[], &request, &mut |done, all| progress.show(done, all))?,
        };
        if npy {
            write_npy(&self.output, &[samples.len()], &samples)?;
        } else {
            Audio::mono(rate_hz, samples).write_wav(&self.output)?;
        }
        Ok(())
    }
}
