//! `remel denoise --model M --x X.npy --level L -o EPS.npy`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use remel::Error;
use remel::audio::{read_npy, write_npy};
use remel::mel::Mel;

use super::arrays::MelFile;
use super::options::{ModelOptions, look_ahead};
use super::output;
use super::told::{ContextOptions, EmbeddingOptions};

/// Arguments of `remel denoise`.
#[derive(Args)]
pub struct Denoise {
    #[command(flatten)]
    model: ModelOptions,
    /// The noisy signal, [samples], of several channels [channels, samples]; or of spectra [frames, 2 · bins]
    #[arg(long, value_name = "X.npy")]
    x: PathBuf,
    /// What the network takes: an integer or real-valued diffusion step, √ᾱ from 0 to 1 (WaveGrad), an angle from 0 to π/2, or of a
    /// UNet1d what it is told of σ: t of V-diffusion, ¼·ln σ of K-diffusion
    #[arg(long, allow_negative_numbers = true)]
    level: f32,
    /// Mel frames, [n_mels, frames]; none for a model without mel
    #[arg(long, value_name = "MEL.npy")]
    mel: Option<PathBuf>,
    /// Mel frames ahead of its own that a frame is told, where the model leaves that open [default: all it can take]
    #[arg(long, value_name = "FRAMES")]
    look_ahead: Option<usize>,
    #[command(flatten)]
    embedding: EmbeddingOptions,
    #[command(flatten)]
    context: ContextOptions,
    /// The prediction to write, of x's shape: the noise, or the signal where the network predicts that
    #[arg(short, long, value_name = "EPS.npy")]
    output: PathBuf,
}

impl Denoise {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let inputs = [Some(self.x.as_path()), self.mel.as_deref(), self.model.file(), self.embedding.file()];
        let inputs: Vec<_> = inputs.into_iter().chain(self.context.files().map(Some)).collect();
        output::check(&self.output, &["npy"], &inputs)?;
        let model = self.model.load()?;
        let network = &model.header().network;
        let levels = network.levels();
        if !levels.contains(&self.level) {
            let expected = format!("a level from {} to {}", levels.start(), levels.end());
            return Err(Error::invalid("--level", "value", self.level, expected).into());
        }
        let layout = network.layout();
        // Without a class, a network with classes predicts for its null label.
        let class = self.model.class(&model)?;
        let x = read_npy(&self.x)?.into_window(&self.x, layout.channels, layout.row_values())?;
        let condition = self.context.add_to(self.embedding.condition(&model, 1.0)?)?;
        let mel = match (&self.mel, layout.conditioner.map(|conditioner| conditioner.n_mels)) {
            (Some(path), _) => MelFile::read(path)?.receive(model.dialect()?)?.mel,
            (None, None) => Mel::default(),
            (None, Some(n_mels)) => {
                let expected = format!("mel frames of {n_mels} bands: the model is conditional");
                return Err(Error::invalid("--mel", "value", "none", expected).into());
            }
        };
        let fits = layout.values(mel.frames());
        if layout.conditioner.is_some() && x.len() != fits {
            let expected = format!("[{fits}], which {} mel frames condition", mel.frames());
            return Err(Error::invalid(self.x.display(), "shape", format!("[{}]", x.len()), expected).into());
        }
        let look_ahead = look_ahead(&model, self.look_ahead)?;
        // One call is no work.
        let mut vocoder = self.model.place(model, || 0.0)?;
        vocoder.tell(&condition)?;
        let predicted = vocoder.denoise(&x, self.level, &mel, class, look_ahead)?;
        write_npy(&self.output, &layout.window_shape(x.len()), &predicted)?;
        Ok(())
    }
}
