//! Options that several commands share.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use remel::Error;
use remel::checkpoint::{self, Bundled};
use remel::choice::{Mode, Store, Workload, choose_for_file};
use remel::diffusion::SamplerKind;
use remel::mel::Dialect;
use remel::model::Model;
use remel::network::Backend;
use remel::render::{Request, ScheduleChoice};
use remel::vocoder::{THREADS, Vocoder};

use super::print::note;

/// Which model, which of its classes, and where it runs.
#[derive(Args)]
pub struct ModelOptions {
    /// A bundled model (small, large, tts), a model file (.safetensors), or a PyTorch checkpoint (.pt) [default: small]
    #[arg(long, value_name = "MODEL")]
    pub model: Option<PathBuf>,
    /// Which of the model's classes to render, by name or counted from 0 (`remel info` lists them)
    #[arg(long, value_name = "CLASS")]
    pub class: Option<String>,
    /// Where to render
    #[arg(long, value_enum, default_value_t = BackendChoice::Auto)]
    pub backend: BackendChoice,
    /// Threads that render on the CPU [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

/// Where to render.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BackendChoice {
    /// Whichever is faster, as measured on this machine: see `remel devices`
    Auto,
    /// A GPU, or software Vulkan where there is no other
    Gpu,
    /// The CPU
    Cpu,
}

/// The GPU that was asked for.
fn gpu() -> Result<Backend> {
    match Backend::first_gpu() {
        Some(gpu) => Ok(gpu),
        None if !cfg!(feature = "gpu") => bail!(
            "--backend gpu: found a build for the CPU alone, expected one with `--features gpu` (cargo run --release --features gpu -- …)"
        ),
        None => {
            bail!(
                "--backend gpu: found no device of Vulkan, Metal or DirectX, expected one (see `remel devices`)"
            )
        }
    }
}

/// The dialect that `asked` names: a published one, or one that a JSON file describes by the fields of [`Dialect`].
///
/// # Errors
/// An unknown name, or a file that describes none.
pub fn dialect(asked: &str) -> Result<Dialect> {
    if !asked.ends_with(".json") {
        return Ok(Dialect::named(asked)?);
    }
    let path = Path::new(asked);
    let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, e))?;
    let dialect: Dialect = serde_json::from_str(&text)
        .map_err(|e| Error::unreadable(path, format!("describes no mel dialect: {e}")))?;
    dialect.validate()?;
    Ok(dialect)
}

/// The file of the model `path`; none for a bundled one, or where there is none.
pub fn file(path: &Path) -> Option<&Path> {
    path.is_file().then_some(path)
}

impl ModelOptions {
    /// The file that is read; none for a bundled model.
    pub fn file(&self) -> Option<&Path> {
        self.model.as_deref().and_then(file)
    }

    /// The model.
    pub fn load(&self) -> Result<Arc<Model>> {
        let model = match &self.model {
            Some(path) => checkpoint::load(path, None)?,
            None => Bundled::default().model(),
        };
        Ok(Arc::new(model))
    }

    /// The class of `model` that was asked for; none where none was.
    pub fn class(&self, model: &Model) -> Result<Option<usize>> {
        Ok(self.class.as_deref().map(|asked| model.header().class(asked)).transpose()?)
    }

    /// Threads that compute on the CPU.
    pub fn cpu_threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(THREADS, usize::from);
        self.threads.map_or_else(cores, usize::from)
    }

    /// The model at rest on its backend, which is told on the terminal, to render so many `seconds` of sound, which are asked where it
    /// depends on them.
    pub fn place(&self, model: Arc<Model>, seconds: impl FnOnce() -> f64) -> Result<Vocoder> {
        let threads = self.cpu_threads();
        let (backend, why) = match self.backend {
            BackendChoice::Auto => fastest(&model, threads, seconds)?,
            BackendChoice::Cpu => (Backend::Cpu, String::new()),
            BackendChoice::Gpu => (gpu()?, String::new()),
        };
        note!("rendering with \"{}\" on {backend}{why}", model.header().card.name);
        match Vocoder::with_threads(model.clone(), &backend, threads) {
            // Devices are listed without being opened: not every one that is there opens.
            Err(Error::Device { device, reason })
                if self.backend == BackendChoice::Auto && backend != Backend::Cpu =>
            {
                note!("{device}: {reason}; going on with the CPU");
                Ok(Vocoder::with_threads(model, &Backend::Cpu, threads)?)
            }
            placed => Ok(placed?),
        }
    }
}

/// The place where `model` has rendered `seconds` of sound first, and why in parentheses, where that is known.
fn fastest(model: &Arc<Model>, threads: usize, seconds: impl FnOnce() -> f64) -> Result<(Backend, String)> {
    let workload = Workload { model: model.clone(), mode: Mode::File, threads };
    let choice = choose_for_file(&workload, seconds, &Store::of_user())?;
    if let Some(reason) = choice.unkept {
        note!("what was measured is not kept: {reason}");
    }
    Ok((choice.place, choice.measurement.map_or(String::new(), |measured| format!(" ({measured})"))))
}

/// How to sample.
#[derive(Args)]
pub struct SamplingOptions {
    /// fast, full, a number of steps, or explicit betas with commas between them
    #[arg(long, default_value = "fast", value_parser = schedule)]
    pub schedule: ScheduleChoice,
    /// A number of steps: the same as --schedule N
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000), conflicts_with = "schedule")]
    pub steps: Option<u16>,
    /// Share of the posterior's noise that ancestral sampling draws anew in each step, 0 to 1
    #[arg(long, default_value_t = 1.0, value_parser = share)]
    pub eta: f32,
    /// Mel frames ahead of its own that a frame is told, where the model leaves that open [default: all it can take]
    #[arg(long, value_name = "FRAMES")]
    pub look_ahead: Option<usize>,
    /// How far each prediction is held to its mel frame, 0 to 1, where the model can
    #[arg(long, default_value_t = 1.0, value_parser = share)]
    pub fit: f32,
    /// How to go from level to level, by the name of a sampler (`remel info` has the model's) [default: the model's own way]
    #[arg(long, value_name = "NAME", value_parser = sampler)]
    pub sampler: Option<SamplerKind>,
    /// Which noise
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Scale of the noise, 0 to 1.5, relative to the model's own
    #[arg(long, default_value_t = 1.0, value_parser = temperature)]
    pub temperature: f32,
    /// Share of the sound whose phases are reconstructed, 0 to 1, where the model says how; 0 leaves them as the network
    /// makes them
    #[arg(long, default_value_t = 1.0, value_parser = share)]
    pub coherence: f32,
    /// How far to go beyond what the class changes, 0 to 10; 1 is the network itself
    #[arg(long, value_name = "SCALE", default_value_t = 1.0, value_parser = guidance)]
    pub guidance: f32,
}

impl SamplingOptions {
    /// The request for a class of `model`, starting from a carrier noised as far as `strength` says.
    ///
    /// # Errors
    /// Where the model has no such class, or cannot be guided.
    pub fn request(&self, model: &Model, class: Option<usize>, strength: f32) -> Result<Request> {
        model.header().check_request(class, self.guidance)?;
        let Self { sampler, eta, fit, temperature, seed, coherence, guidance, .. } = *self;
        Ok(Request {
            schedule: self
                .steps
                .map_or_else(|| self.schedule.clone(), |steps| ScheduleChoice::Steps(steps.into())),
            sampler,
            eta,
            look_ahead_frames: look_ahead(model, self.look_ahead)?,
            fit,
            strength,
            temperature,
            seed,
            coherence,
            class,
            guidance,
            ..Request::default()
        })
    }
}

/// The mel frames ahead that `model` is told: as many as were asked for, else all it can take.
///
/// # Errors
/// Where it cannot take as many.
pub fn look_ahead(model: &Model, asked: Option<usize>) -> Result<usize> {
    let most = model.header().network.layout().optional_frames();
    match asked.filter(|frames| *frames > most) {
        None => Ok(asked.unwrap_or(most)),
        Some(frames) => {
            let expected = match most {
                0 => "none: the model's look-ahead is fixed".to_owned(),
                most => format!("0 to {most} frames"),
            };
            Err(Error::invalid("--look-ahead", "value", frames, expected).into())
        }
    }
}

fn schedule(text: &str) -> Result<ScheduleChoice, String> {
    text.parse().map_err(|e: Error| e.to_string())
}

fn sampler(text: &str) -> Result<SamplerKind, String> {
    text.parse().map_err(|e: Error| e.to_string())
}

/// A scale of noise.
pub fn temperature(text: &str) -> Result<f32, String> {
    ranged(text, 0.0, 1.5)
}

fn guidance(text: &str) -> Result<f32, String> {
    ranged(text, 0.0, 10.0)
}

/// A share, 0 to 1.
pub fn share(text: &str) -> Result<f32, String> {
    ranged(text, 0.0, 1.0)
}

/// A number within bounds.
pub fn ranged(text: &str, least: f32, most: f32) -> Result<f32, String> {
    let value: f32 = text.parse().map_err(|_| format!("expected a number from {least} to {most}"))?;
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(format!("expected a number from {least} to {most}"))
    }
}
