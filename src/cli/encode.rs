//! `remel encode IN --model M -o LATENT.npy` and `remel decode LATENT.npy --model M -o OUT`

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use remel::Error;
use remel::audio::{read_npy, write_npy};
use remel::diffusion::Condition;
use remel::model::Model;
use remel::network::unet1d::Autoencoder;
use remel::network::unet1d::cpu::EncoderCpu;

use super::arrays::SamplesFile;
use super::options::ModelOptions;
use super::output;
use super::sampled::Sampled;
use super::windows::read_windows;

/// Arguments of `remel encode`.
#[derive(Args)]
pub struct Encode {
    /// Audio, or samples (.npy), [samples] or [channels, samples]
    input: PathBuf,
    /// The latent signal to write, [channels, values]
    #[arg(short, long, value_name = "LATENT.npy")]
    output: PathBuf,
    #[command(flatten)]
    model: ModelOptions,
}

/// Arguments of `remel decode`.
#[derive(Args)]
pub struct Decode {
    /// A latent signal, [channels, values]
    #[arg(value_name = "LATENT.npy")]
    input: PathBuf,
    /// Audio (.wav) or samples (.npy) to write
    #[arg(short, long)]
    output: PathBuf,
    #[command(flatten)]
    sampled: Sampled,
}

/// The autoencoder of `model`.
fn autoencoder(model: &Model) -> Result<&Autoencoder> {
    let header = model.header();
    let config = header.network.unet1d(&header.card.name)?;
    let none = || Error::invalid(&header.card.name, "network", "no autoencoder", "an autoencoder");
    Ok(config.autoencoder.as_ref().ok_or_else(none)?)
}

fn encoder(model: &Model, options: &ModelOptions) -> Result<EncoderCpu> {
    let header = model.header();
    let config = header.network.unet1d(&header.card.name)?;
    Ok(EncoderCpu::new(config, model.weights(), options.cpu_threads())?)
}

impl Encode {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        output::check(&self.output, &["npy"], &[Some(&self.input), self.model.file()])?;
        let model = self.model.load()?;
        let channels = autoencoder(&model)?.encoder_channels;
        let in_channels = model.header().network.layout().channels;
        let windows = read_windows(&self.input, model.header().rate_hz, in_channels)?;
        let [window] = windows.as_slice() else {
            let expected = format!("{in_channels}, as the model has");
            return Err(Error::invalid(self.input.display(), "channels", windows.len(), expected).into());
        };
        let latent = encoder(&model, &self.model)?.encode(window)?;
        write_npy(&self.output, &[channels, latent.len() / channels], &latent)?;
        Ok(())
    }
}

impl Decode {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let [noise, file] = self.sampled.files();
        let output = SamplesFile::of(&self.output, &[noise, file, Some(&self.input)])?;
        let model = self.sampled.load()?;
        let autoencoder = autoencoder(&model)?;
        let latent = read_latent(&self.input, autoencoder.encoder_channels)?;
        let config = model.header().network.unet1d(&model.header().card.name)?;
        let samples = latent.len() / autoencoder.encoder_channels * autoencoder.factor(config);
        let channels = encoder(&model, &self.sampled.model)?.decode(&latent)?;
        let condition = Condition { channels, ..Condition::default() };
        output.write(&self.sampled.run("decoding", model, &[condition], Some(samples))?)
    }
}

/// Reads a latent signal, with or without a first axis of one.
fn read_latent(path: &Path, channels: usize) -> Result<Vec<f32>> {
    let array = read_npy(path)?;
    match array.shape.as_slice() {
        [found, values] | [1, found, values] if *found == channels && *values > 0 => Ok(array.data),
        shape => {
            let expected = format!("[{channels}, values] for this model");
            Err(Error::invalid(path.display(), "shape", format!("{shape:?}"), expected).into())
        }
    }
}
