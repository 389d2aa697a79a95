//! What the commands share that sample sound with a model without mel.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use remel::audio::Audio;
use remel::diffusion::Condition;
use remel::mel::Mel;
use remel::model::Model;

use super::arrays::read_noise;
use super::options::{ModelOptions, SamplingOptions};
use super::print::note;
use super::progress::Progress;
use super::sigma::SigmaOptions;

/// Which model, and how it is sampled.
#[derive(Args)]
pub struct Sampled {
    #[command(flatten)]
    pub model: ModelOptions,
    #[command(flatten)]
    sampling: SamplingOptions,
    /// Every Gaussian, [steps, samples], or [steps, channels, samples]: row 0 is x_T, row k what the k-th step draws
    #[arg(long, value_name = "NOISE.npy", conflicts_with = "seed")]
    pub noise: Option<PathBuf>,
    #[command(flatten)]
    sigma: SigmaOptions,
}

impl Sampled {
    /// The files that are read.
    pub fn files(&self) -> [Option<&Path>; 2] {
        [self.noise.as_deref(), self.model.file()]
    }

    /// The model.
    ///
    /// # Errors
    /// Where it cannot be read, takes mel frames, or is not what the options say.
    pub fn load(&self) -> Result<Arc<Model>> {
        self.sigma.load(&self.model)
    }

    /// Samples a window of `model` for each of `conditions`, `samples` samples of every channel, or as many as the noise has where
    /// none are said. The windows' channels follow one another.
    ///
    /// # Errors
    /// Those of the files and options, and of the device.
    pub fn run(
        &self,
        what: &'static str,
        model: Arc<Model>,
        conditions: &[Condition],
        samples: Option<usize>,
    ) -> Result<Audio> {
        let (rate_hz, channels) = (model.header().rate_hz, model.header().network.layout().channels);
        let request = self.sampling.request(&model, self.model.class(&model)?, 1.0)?;
        let request = self.sigma.request(request);
        let rows = model.sampling(&request, 1.0)?.rows();
        let values = samples.map(|samples| samples * channels);
        let read = |path: &PathBuf| read_noise(path, &model, rows, values);
        let noise = self.noise.as_ref().map(read).transpose()?;
        if let Some((samples, field)) = samples.zip(model.field_samples(&request)?)
            && samples > field
        {
            let seconds = field as f32 / rate_hz as f32;
            note!(
                "warning: --seconds: a sample depends on {seconds:.2} s around it in so many steps, and on nothing beyond"
            );
        }
        let mut vocoder = self.model.place(model)?;
        let progress = Progress::new(what);
        let mut audio = Audio { rate_hz, channels: Vec::new() };
        for (index, condition) in conditions.iter().enumerate() {
            vocoder.tell(condition)?;
            let window = match &noise {
                Some(noise) => vocoder.synthesize_with_noise(&Mel::default(), noise, &request)?,
                None => vocoder.generate(values.unwrap_or(0), &request, &mut |done, all| {
                    progress.show(index * all + done, conditions.len() * all);
                })?,
            };
            audio.channels.extend(window.chunks((window.len() / channels).max(1)).map(<[f32]>::to_vec));
        }
        Ok(audio)
    }
}
