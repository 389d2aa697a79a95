//! `remel generate --model M -o OUT --seconds S`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use remel::audio::Audio;
use remel::mel::Mel;

use super::arrays::{SamplesFile, read_noise};
use super::options::{ModelOptions, SamplingOptions, ranged};
use super::progress::Progress;
use super::sigma::SigmaOptions;
use super::windows::MOST_SECONDS;

/// Arguments of `remel generate`.
#[derive(Args)]
pub struct Generate {
    /// Audio (.wav) or samples (.npy) to write
    #[arg(short, long)]
    output: PathBuf,
    /// Duration; with --noise, what its rows hold
    #[arg(long, default_value = "1", value_parser = seconds)]
    seconds: f32,
    #[command(flatten)]
    model: ModelOptions,
    #[command(flatten)]
    sampling: SamplingOptions,
    /// Every Gaussian, [steps, samples]: row 0 is x_T, row k what the k-th step draws
    #[arg(long, value_name = "NOISE.npy", conflicts_with_all = ["seed", "seconds"])]
    noise: Option<PathBuf>,
    #[command(flatten)]
    sigma: SigmaOptions,
}

fn seconds(text: &str) -> Result<f32, String> {
    ranged(text, 0.01, MOST_SECONDS)
}

impl Generate {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let output = SamplesFile::of(&self.output, &[self.noise.as_deref(), self.model.file()])?;
        let model = self.sigma.load(&self.model)?;
        let (rate_hz, channels) = (model.header().rate_hz, model.header().network.layout().channels);
        let request = self.sampling.request(&model, self.model.class(&model)?, 1.0)?;
        let request = self.sigma.request(request);
        let rows = model.sampling(&request, 1.0)?.rows();
        let read = |path: &PathBuf| read_noise(path, &model, rows, None);
        let noise = self.noise.as_ref().map(read).transpose()?;
        let mut vocoder = self.model.place(model)?;
        let progress = Progress::new("generating");
        let samples = match noise {
            Some(noise) => vocoder.synthesize_with_noise(&Mel::default(), &noise, &request)?,
            None => {
                let length = (self.seconds * rate_hz as f32).round() as usize;
                vocoder.generate(length * channels, &request, &mut |done, all| progress.show(done, all))?
            }
        };
        let channels = samples.chunks((samples.len() / channels).max(1)).map(<[f32]>::to_vec);
        output.write(&Audio { rate_hz, channels: channels.collect() })
    }
}
