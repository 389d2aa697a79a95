//! `remel generate --model M -o OUT --seconds S`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use remel::Error;
use remel::mel::Mel;

use super::arrays::{SamplesFile, read_noise};
use super::options::{ModelOptions, SamplingOptions, ranged};
use super::print::note;
use super::progress::Progress;

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
    /// Every Gaussian, [steps, samples]: row 0 is x_T, row k what is added after step k
    #[arg(long, value_name = "NOISE.npy", conflicts_with_all = ["seed", "seconds"])]
    noise: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<f32, String> {
    ranged(text, 0.01, 60.0)
}

impl Generate {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let output = SamplesFile::of(&self.output, &[self.noise.as_deref(), self.model.file()])?;
        let model = self.model.load()?;
        let header = model.header();
        if header.network.layout().conditioner.is_some() {
            let expected = "one without mel (a model with mel needs its frames: see `remel synth`)";
            return Err(Error::invalid(&header.card.name, "network", "one with mel", expected).into());
        }
        let rate_hz = header.rate_hz;
        let request = self.sampling.request(&model, self.model.class(&model)?, 1.0)?;
        let field = model.field_samples(&request)?;
        let noise = self.noise.as_ref().map(|path| read_noise(path, &model, &request, None)).transpose()?;
        let mut vocoder = self.model.place(model)?;
        let progress = Progress::new("generating");
        let samples = match noise {
            Some(noise) => vocoder.synthesize_with_noise(&Mel::default(), &noise, &request)?,
            None => {
                let length = (self.seconds * rate_hz as f32).round() as usize;
                if length > field {
                    let field = field as f32 / rate_hz as f32;
                    note!(
                        "warning: --seconds: a sample depends on {field:.2} s around it in so many steps, and on nothing beyond"
                    );
                }
                vocoder.generate(length, &request, &mut |done, all| progress.show(done, all))?
            }
        };
        output.write(rate_hz, samples)
    }
}
