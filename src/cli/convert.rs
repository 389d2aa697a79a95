//! `remel convert IN.pt -o OUT.safetensors`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use remel::checkpoint::{self, Arguments, Family, ImportOptions, WeightType};
use remel::diffusion::Schedule;
use remel::domain::phase::Phase;
use remel::model::Card;

use super::options::{self, dialect, share, temperature};
use super::output;
use super::print::note;
use super::sigma::DiffusionOptions;

/// What a checkpoint does not say of its model, or says wrongly.
#[derive(Args)]
struct Said {
    /// Whose network it is: diffwave, wavegrad or unet1d [default: what the names of its tensors tell]
    #[arg(long, value_name = "NAME")]
    network: Option<Family>,
    /// What the network was made with, under its program's own names, where tensors do not say all: for wavegrad factors,
    /// upsampling_dilations and downsampling_dilations, and its mel's; for unet1d the arguments of its class in
    /// audio-diffusion-pytorch, and sigma_data of a network of KDiffusion
    #[arg(long, value_name = "ARGS.json")]
    config: Option<PathBuf>,
    /// The mel dialect it was trained on [default: the program's own, at the rate and of the size that the input says]
    #[arg(long, value_name = "NAME")]
    dialect: Option<String>,
    /// Its sample rate [default: what the input says, else 22050]
    #[arg(long, value_name = "HZ", conflicts_with = "dialect")]
    sample_rate: Option<u32>,
    /// Layers until dilations start again from 1 [default: what the input says, else 10]
    #[arg(long, value_name = "LAYERS")]
    dilation_cycle: Option<usize>,
    /// Its convolutions see the past only
    #[arg(long)]
    causal: bool,
    /// Betas of its training: β,β,…, or FIRST:LAST:STEPS for a linear rise [default: what the input says, else as published]
    #[arg(long, value_name = "BETAS", value_parser = betas)]
    noise_schedule: Option<Betas>,
    /// Betas of its short schedule, in the same forms [default: what the input says, else as published]
    #[arg(long, value_name = "BETAS", value_parser = betas)]
    inference_schedule: Option<Betas>,
    /// The prior it was trained with [default: what the input says, else none]
    #[arg(long, value_parser = ["none", "energy", "spectral"])]
    prior: Option<String>,
    /// Names of its classes, with commas between them [default: what the input says, else numbers]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    class_names: Option<Vec<String>>,
}

impl Said {
    fn options(&self) -> Result<ImportOptions> {
        Ok(ImportOptions {
            family: self.network,
            arguments: self.config.as_deref().map(Arguments::read).transpose()?,
            dialect: self.dialect.as_deref().map(dialect).transpose()?,
            rate_hz: self.sample_rate,
            dilation_cycle: self.dilation_cycle,
            causal: self.causal.then_some(true),
            training_betas: self.noise_schedule.clone().map(|betas| betas.0),
            inference_betas: self.inference_schedule.clone().map(|betas| betas.0),
            prior: self.prior.clone(),
            classes: self.class_names.clone(),
        })
    }
}

/// A schedule.
#[derive(Clone)]
struct Betas(Vec<f64>);

fn betas(text: &str) -> Result<Betas, String> {
    let expected = || "expected betas above 0 and below 1, as β,β,… or FIRST:LAST:STEPS".to_owned();
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| expected());
    let schedule = match text.split(':').collect::<Vec<&str>>().as_slice() {
        [first, last, steps] => {
            let steps =
                steps.parse().ok().filter(|steps| (1..=100_000).contains(steps)).ok_or_else(expected)?;
            Schedule::linear(steps, number(first)?, number(last)?)
        }
        _ => Schedule::from_betas(text.split(',').map(number).collect::<Result<_, String>>()?),
    };
    schedule.map(|schedule| Betas(schedule.betas().to_vec())).map_err(|_| expected())
}

/// Arguments of `remel convert`.
#[derive(Args)]
pub struct Convert {
    /// DiffWave, WaveGrad or UNet1d checkpoint, of PyTorch or as safetensors, under any name; or the .safetensors of BandWave's reference
    input: PathBuf,
    /// Remel model to write
    #[arg(short, long, value_name = "OUT.safetensors")]
    output: PathBuf,
    #[command(flatten)]
    said: Said,
    /// Scale of the noise that suits the model, 0 to 1.5 [default: 1]
    #[arg(long, value_parser = temperature)]
    temperature: Option<f32>,
    /// Reconstruct phases after sampling, with so many iterations per frame; 0: do not [default: as in the input]
    #[arg(long, value_name = "N")]
    phase_iterations: Option<usize>,
    /// What the reconstruction takes from the network's phases, 0 to 1 [default: as in the input, else 0.3]
    #[arg(long, requires = "phase_iterations", value_parser = share)]
    phase_trust: Option<f64>,
    /// Round the weights to half precision: half as large a file
    #[arg(long)]
    half: bool,
    /// The model's name [default: the input file's]
    #[arg(long)]
    name: Option<String>,
    /// The licence of its weights [default: unknown]
    #[arg(long)]
    licence: Option<String>,
    /// Optimizer steps that it was trained for [default: what the input says, else 0]
    #[arg(long, value_name = "N")]
    trained_steps: Option<u64>,
    /// What it was trained on, by whom and how [default: the input file]
    #[arg(long, value_name = "TEXT")]
    provenance: Option<String>,
    #[command(flatten)]
    diffusion: DiffusionOptions,
}

impl Convert {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let inputs = [options::file(&self.input), self.said.config.as_deref()];
        output::check(&self.output, &["safetensors"], &inputs)?;
        let (model, assumed) = checkpoint::open(&self.input)?.import(&self.said.options()?)?;
        if !assumed.is_empty() {
            note!("{}: not said by the file: {}", self.input.display(), assumed.join("; "));
        }
        let model = self.diffusion.apply(model)?;
        let read = model.header().card.clone();
        let temperature = self.temperature.unwrap_or(model.header().temperature);
        let phase = self.phase(model.header().phase);
        let model = model.with_temperature(temperature)?.with_phase(phase)?.with_card(Card {
            name: self.name.unwrap_or(read.name),
            licence: self.licence.unwrap_or(read.licence),
            provenance: self.provenance.unwrap_or(read.provenance),
            trained_steps: self.trained_steps.unwrap_or(read.trained_steps),
        });
        let weights = if self.half { WeightType::F16 } else { WeightType::F32 };
        checkpoint::save_as(&model, &self.output, weights)?;
        note!("{}: {} parameters", self.output.display(), model.weights().parameters());
        Ok(())
    }

    /// The phase reconstruction, where the input's is `read`.
    fn phase(&self, read: Option<Phase>) -> Option<Phase> {
        let Some(iterations) = self.phase_iterations else { return read };
        let phase = read.unwrap_or_default();
        let trust = self.phase_trust.map_or(phase.trust, |trust| trust as f32);
        (iterations > 0).then_some(Phase { iterations, trust, ..phase })
    }
}
