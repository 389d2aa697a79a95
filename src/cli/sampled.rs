//! What the commands share that sample sound with a model without mel.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use remel::audio::Audio;
use remel::diffusion::Condition;
use remel::mel::Mel;
use remel::model::Model;
use remel::render::Request;

use super::arrays::read_noise;
use super::options::{ModelOptions, SamplingOptions};
use super::progress::Progress;
use super::sigma::SigmaOptions;

/// Which model, and how it is sampled.
#[derive(Args)]
pub struct Sampled {
    #[command(flatten)]
    pub model: ModelOptions,
    #[command(flatten)]
    sampling: SamplingOptions,
    /// Every Gaussian, [draws, samples], or [draws, channels, samples]: row 0 is x_T, row k what the k-th step draws; to inpaint
    /// and compose a step draws once for the input, once for each time that it is taken, and once between two times
    #[arg(long, value_name = "NOISE.npy", conflicts_with = "seed")]
    noise: Option<PathBuf>,
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

    /// What is asked of `model`.
    ///
    /// # Errors
    /// Where it cannot be met.
    pub fn request(&self, model: &Model) -> Result<Request> {
        let request = self.sampling.request(model, self.model.class(model)?, 1.0)?;
        Ok(self.sigma.request(request))
    }

    /// The Gaussians that are given for a window of `model`: `rows` of `values` values, or of as many as they have.
    ///
    /// # Errors
    /// Where the file cannot be read, or has others.
    pub fn read_noise(&self, model: &Model, rows: usize, values: Option<usize>) -> Result<Option<Vec<f32>>> {
        self.noise.as_ref().map(|path| read_noise(path, model, rows, values)).transpose()
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
        let request = self.request(&model)?;
        let rows = model.sampling(&request, 1.0)?.rows();
        let values = samples.map(|samples| samples * channels);
        let noise = self.read_noise(&model, rows, values)?;
        let given = noise.as_ref().map_or(0, |noise| noise.len() / rows.max(1));
        let all_samples = conditions.len() * values.unwrap_or(given) / channels;
        let mut vocoder = self.model.place(model, || all_samples as f64 / f64::from(rate_hz))?;
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
