//! `remel synth MEL.npy -o OUT`

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use remel::Error;
use remel::audio::Audio;
use remel::mel::Dialect;
use remel::model::{Model, ReceivedMel};

use super::arrays::{SamplesFile, read_mel, read_noise};
use super::options::{ModelOptions, SamplingOptions};
use super::progress::Progress;

/// Arguments of `remel synth`.
#[derive(Args)]
pub struct Synth {
    /// Mel frames, [n_mels, frames], in the model's dialect: a NumPy array, or a tensor in a .pt or .safetensors file
    input: PathBuf,
    /// The dialect that they were computed in, where it differs from the model's in where frames lie (tacotron2 with tts)
    #[arg(long, value_name = "NAME")]
    dialect: Option<String>,
    /// Audio (.wav) or samples (.npy) to write
    #[arg(short, long)]
    output: PathBuf,
    #[command(flatten)]
    model: ModelOptions,
    #[command(flatten)]
    sampling: SamplingOptions,
    /// Every Gaussian, [steps, samples], or [steps, frames, 2 · bins] for spectra: row 0 is x_T, row k what is added after step k
    #[arg(long, value_name = "NOISE.npy", conflicts_with = "seed")]
    noise: Option<PathBuf>,
}

impl Synth {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let inputs = [Some(self.input.as_path()), self.noise.as_deref(), self.model.file()];
        let output = SamplesFile::of(&self.output, &inputs)?;
        let model = self.framed(self.model.load()?)?;
        let ReceivedMel { mel, doubt } = read_mel(&self.input, &model)?;
        let request = self.sampling.request(&model, self.model.class(&model)?, 1.0)?;
        let length = model.header().network.layout().values(mel.frames());
        let rows = model.sampling(&request, 1.0)?.rows();
        let read = |path: &PathBuf| read_noise(path, &model, rows, Some(length));
        let noise = self.noise.as_ref().map(read).transpose()?;
        let rate_hz = model.header().rate_hz;
        let mut vocoder = self.model.place(model)?;
        let progress = Progress::new("synthesizing");
        let mut samples = match noise {
            Some(noise) => vocoder.synthesize_with_noise(&mel, &noise, &request)?,
            None => vocoder.synthesize(&mel, &[], &request, &mut |done, all| progress.show(done, all))?,
        };
        if let Some(index) = samples.iter().position(|sample| sample.is_nan()) {
            let place = self.input.display();
            return Err(
                Error::invalid(place, format!("sample {index}"), "NaN", "frames that give a sound").into()
            );
        }
        // Frames of another dialect may be of any loudness.
        if doubt.is_some() {
            samples.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
        }
        output.write(&Audio::mono(rate_hz, samples))
    }

    /// The model for frames that lie where those of the dialect do that was asked for.
    fn framed(&self, model: Arc<Model>) -> Result<Arc<Model>> {
        let Some(name) = &self.dialect else { return Ok(model) };
        let (asked, own) = (Dialect::named(name)?, model.dialect()?);
        if !asked.has_values_of(own) {
            let expected =
                format!("{}, the model's, or one that differs in where its frames lie alone", own.name);
            return Err(Error::invalid("--dialect", "value", format!("\"{name}\""), expected).into());
        }
        Ok(Arc::new(Arc::unwrap_or_clone(model).with_framing(asked.framing)?))
    }
}
