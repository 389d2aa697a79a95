//! `remel generate --model M -o OUT --seconds S`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::arrays::SamplesFile;
use super::options::ranged;
use super::print::note;
use super::sampled::Sampled;
use super::told::EmbeddingOptions;
use super::windows::MOST_SECONDS;

/// The scale of guidance that audio-diffusion-pytorch's own conditional model samples with.
const EMBEDDING_SCALE: f32 = 5.0;

/// Arguments of `remel generate`.
#[derive(Args)]
pub struct Generate {
    /// Audio (.wav) or samples (.npy) to write
    #[arg(short, long)]
    output: PathBuf,
    /// Duration; with --noise, what its rows hold
    #[arg(long, default_value = "1", value_parser = seconds, conflicts_with = "noise")]
    seconds: f32,
    #[command(flatten)]
    sampled: Sampled,
    #[command(flatten)]
    embedding: EmbeddingOptions,
}

fn seconds(text: &str) -> Result<f32, String> {
    ranged(text, 0.01, MOST_SECONDS)
}

impl Generate {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let [noise, file] = self.sampled.files();
        let output = SamplesFile::of(&self.output, &[noise, file, self.embedding.file()])?;
        let model = self.sampled.load()?;
        let condition = self.embedding.condition(&model, EMBEDDING_SCALE)?;
        let samples = (self.seconds * model.header().rate_hz as f32).round() as usize;
        let samples = noise.is_none().then_some(samples);
        if let Some((samples, field)) = samples.zip(model.field_samples(&self.sampled.request(&model)?)?)
            && samples > field
        {
            let seconds = field as f32 / model.header().rate_hz as f32;
            note!(
                "warning: --seconds: a sample depends on {seconds:.2} s around it in so many steps, and on nothing beyond"
            );
        }
        output.write(&self.sampled.run("generating", model, &[condition], samples)?)
    }
}
