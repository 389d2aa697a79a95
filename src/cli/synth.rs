//! `remel synth MEL.npy -o OUT`

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use remel::Error;
use remel::audio::Audio;
use remel::checkpoint::Bundled;
use remel::mel::{Conversion, Dialect, Mel, ReceivedMel};
use remel::model::Model;

use super::arrays::{MelFile, SamplesFile, read_noise};
use super::options::{ModelOptions, SamplingOptions, dialect};
use super::print::note;
use super::progress::Progress;

/// Arguments of `remel synth`.
#[derive(Args)]
pub struct Synth {
    /// Mel frames, [n_mels, frames]: a NumPy array, or a tensor in a .pt or .safetensors file
    input: PathBuf,
    /// The dialect that they were computed in, by its name or a JSON file; without it the model's, or else the one that they look like
    #[arg(long, value_name = "NAME|FILE.json")]
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
        let file = MelFile::read(&self.input)?;
        let (model, dialect) = self.chosen(&file)?;
        let ReceivedMel { mel, doubt, .. } = file.receive(&dialect)?;
        let mel = self.converted(mel, &dialect, model.dialect()?)?;
        let request = self.sampling.request(&model, self.model.class(&model)?, 1.0)?;
        let length = model.header().network.layout().values(mel.frames());
        let rows = model.sampling(&request, 1.0)?.rows();
        let read = |path: &PathBuf| read_noise(path, &model, rows, Some(length));
        let noise = self.noise.as_ref().map(read).transpose()?;
        let rate_hz = model.header().rate_hz;
        let seconds = (mel.frames() * model.header().network.layout().hop) as f64 / f64::from(rate_hz);
        let mut vocoder = self.model.place(model, || seconds)?;
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

    /// The model, and the dialect of the frames: as they are asked for, else the model's, else the one that they look like. Where no
    /// model is asked for, it is a bundled one that reads such frames.
    fn chosen(&self, file: &MelFile) -> Result<(Arc<Model>, Dialect)> {
        let asked = self.dialect.as_deref().map(dialect).transpose()?;
        let model = self.model.load()?;
        let own = model.dialect()?.clone();
        let told = match asked {
            Some(asked) => asked,
            None if file.has(own.n_mels) => return Ok((model, own)),
            None => file.recognize(&own)?,
        };
        let reads = |model: &Model| model.dialect().is_ok_and(|own| told.has_values_of(own));
        let model = match self.model.model {
            None if !reads(&model) => bundled_for(&told).unwrap_or(Arc::unwrap_or_clone(model)),
            _ => Arc::unwrap_or_clone(model),
        };
        // Its frames lie where those of the dialect do.
        let model = if reads(&model) { model.with_framing(told.framing)? } else { model };
        Ok((Arc::new(model), told))
    }

    /// Frames of `dialect` as those of `own`, the model's; what they lose is said on the terminal.
    fn converted(&self, mel: Mel, dialect: &Dialect, own: &Dialect) -> Result<Mel> {
        if dialect.has_values_of(own) {
            return Ok(mel);
        }
        let conversion = Conversion::new(dialect, own)?;
        let losses = conversion.losses().join(", ");
        note!("{}: frames of {} made {}'s: {losses}", self.input.display(), dialect.name, own.name);
        Ok(conversion.apply(&mel))
    }
}

/// The bundled model that reads frames of `dialect`, or else the narrowest that has all of their bands; none where none has.
fn bundled_for(dialect: &Dialect) -> Option<Model> {
    let mut models: Vec<(f32, Model)> = Vec::new();
    for model in Bundled::ALL.map(Bundled::model) {
        let own = model.dialect().ok()?;
        if dialect.has_values_of(own) {
            return Some(model);
        }
        models.push((own.fmax_hz, model));
    }
    models.retain(|(fmax_hz, _)| *fmax_hz >= dialect.fmax_hz);
    models.into_iter().min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, model)| model)
}
