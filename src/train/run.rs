//! The loop.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::config::{Device, Prior, TrainConfig};
use super::data::{DataSet, Split};
use super::distill::Teacher;
use super::journal::Journal;
use super::learner::Learner;
use super::optimizer::Optimizer;
use super::pairs::Pairs;
use super::parameters::{flattened, initial, unflattened};
use super::state::{State, values};
use super::temperature;
use crate::diffusion::{Clamp, Schedule};
use crate::model::{Card, EnergyPrior, Model, ModelHeader};
use crate::network::{Backend, DiffWaveConfig, Variant};
use crate::{Error, Result, checkpoint};

/// Crops that the validation loss is the mean of.
const VALIDATION_CROPS: u64 = 16;

/// How far a training is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Optimizer steps done.
    pub step: u64,
    /// The share that is done, 0 to 1.
    pub done: f64,
    /// Mean loss of the step's crops.
    pub loss: f64,
    /// Norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// The step's learning rate.
    pub learning_rate: f64,
    /// Wall-clock time spent, over all runs.
    pub seconds: f64,
}

/// Who looks on while a model is trained.
pub trait Observer {
    /// So many of all audio files are in the cache.
    fn prepared(&mut self, _files: usize, _all: usize) {}
    /// Something that does not end the training, in one line.
    fn warned(&mut self, _line: &str) {}
    /// A step was taken.
    fn stepped(&mut self, _progress: &Progress) {}
    /// The loss over the validation crops after so many steps.
    fn validated(&mut self, _step: u64, _loss: f64) {}
    /// Whether to end after this step, with a checkpoint.
    fn stopped(&mut self) -> bool {
        false
    }
}

/// Trains a model as `config` says and gives the path of its file.
///
/// With `resume` the training in the run's folder goes on; without, there must be none. A model that is done is given
/// the temperature that suits it.
///
/// # Errors
/// Where data, state or model cannot be read or written, the device is missing, or the loss is no number any more.
/// The last checkpoint stays in the run's folder.
pub fn run(config: &TrainConfig, resume: bool, observer: &mut dyn Observer) -> Result<PathBuf> {
    let backend = backend(config.training.device)?;
    let teacher =
        config.distill.as_ref().map(|distill| Teacher::open(distill, &backend.device())).transpose()?;
    let mut header = header(config)?;
    let mut training = config.training.clone();
    if let Some(teacher) = &teacher {
        // A student knows no other levels than its own.
        training.fast_levels = 1.0;
        header = teacher.student(&header)?;
    }
    let files = Files::open(config, resume)?;
    let pairs = Pairs::new(open(config, header.rate_hz, observer)?, header.clone(), training.clone())?;
    let mut state = match resume {
        true => State::load(&header.network, &files.state, &backend.device())?,
        false => State::new(&begin(config, &header, teacher.as_ref())?, &backend.device()),
    };
    let learner = Learner::new(&pairs, &header.network, &training, teacher, &backend);
    let optimizer = Optimizer::new(&training);
    let mut journal = Journal::open(&config.run_folder(), state.step)?;
    let (started, before) = (Instant::now(), state.seconds);
    let mut saved = Instant::now();
    while optimizer.progress(&state) < 1.0 && !observer.stopped() {
        let crops = (training.batch * training.accumulate) as u64;
        let first = state.step * crops;
        let (loss, gradient) = learner.gradient(&state.parameters, first..first + crops)?;
        let norm = f64::from(gradient.clone().square().sum().sqrt().into_scalar::<f32>());
        if !(loss.is_finite() && norm.is_finite()) {
            return Err(files.diverged(state.step, loss, norm));
        }
        let learning_rate = optimizer.learning_rate(&state);
        optimizer.step(&mut state, gradient, norm);
        state.seconds = before + started.elapsed().as_secs_f64();
        let done = optimizer.progress(&state).min(1.0);
        let (step, seconds) = (state.step, state.seconds);
        let progress = Progress { step, done, loss, gradient_norm: norm, learning_rate, seconds };
        observer.stepped(&progress);
        let mut validation = None;
        if step % training.validate_steps == 0 && pairs.data().holds(Split::Validation) {
            let loss = learner.validate(&state.average, 0..VALIDATION_CROPS)?;
            observer.validated(step, loss);
            journal.sample(step, files.model(&state, &header)?, &pairs)?;
            validation = Some(loss);
        }
        journal.step(&progress, validation)?;
        if saved.elapsed().as_secs_f64() >= 60.0 * training.checkpoint_minutes {
            files.save(&state, &header)?;
            saved = Instant::now();
        }
    }
    files.save(&state, &header)?;
    if pairs.data().holds(Split::Validation) {
        let temperature = temperature::suited(&files.model(&state, &header)?, &pairs)?;
        files.save_model(files.model(&state, &header)?.with_temperature(temperature)?)?;
    }
    Ok(config.model.clone())
}

/// The data, whose preparation the observer is told of.
fn open(config: &TrainConfig, rate_hz: u32, observer: &mut dyn Observer) -> Result<DataSet> {
    let observer = RefCell::new(observer);
    let warn = &mut |line: &str| observer.borrow_mut().warned(line);
    let prepared = &mut |done, all| observer.borrow_mut().prepared(done, all);
    DataSet::open(&config.data, rate_hz, warn, prepared)
}

/// All of the model but its weights. The schedules are those of DiffWave (Kong et al. 2021), base.
fn header(config: &TrainConfig) -> Result<ModelHeader> {
    let network = &config.network;
    let dialect = network.dialect()?;
    let training = Schedule::linear(50, 1e-4, 0.05)?;
    let prior = match network.prior {
        Prior::None => None,
        Prior::Energy => Some(EnergyPrior { gain: 0.25, floor: 0.02, ceiling: 1.0 }),
        Prior::Spectral => {
            return Err(Error::invalid("training", "network.prior", "spectral", "none or energy"));
        }
    };
    let source = PathBuf::from(config.data.source.clone());
    Ok(ModelHeader {
        network: DiffWaveConfig {
            channels: network.channels,
            layers: network.layers,
            dilation_cycle: network.dilation_cycle,
            n_mels: dialect.as_ref().map(|dialect| dialect.n_mels),
            training_steps: training.len(),
            causal: network.causal,
            variant: Variant::Lmnt,
        },
        dialect,
        rate_hz: network.rate_hz()?,
        training_betas: training.betas().to_vec(),
        inference_betas: vec![1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5],
        clamp: Clamp::Last,
        prior,
        temperature: 1.0,
        card: Card {
            name: config.model.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            licence: "unknown".into(),
            provenance: format!("trained by remel train on {}", source.display()),
            trained_steps: 0,
        },
    })
}

/// The parameters to begin with: those of a file, else the teacher's, else random ones.
fn begin(config: &TrainConfig, header: &ModelHeader, teacher: Option<&Teacher>) -> Result<Vec<f32>> {
    let weights = match (&config.init, teacher) {
        (None, None) => initial(&header.network, config.training.seed),
        (None, Some(teacher)) => teacher.model().weights().clone(),
        (Some(path), _) => {
            let model = checkpoint::load(path, None)?;
            model.weights().validate(&path.display().to_string(), &header.network.tensors())?;
            model.weights().clone()
        }
    };
    Ok(flattened(&header.network, &weights))
}

fn backend(device: Device) -> Result<Backend> {
    let expected = "a device of Vulkan, Metal or DirectX (see `remel devices`), or training.device = \"cpu\"";
    match device {
        Device::Cpu => Ok(Backend::Cpu),
        Device::Gpu => Backend::first_gpu()
            .ok_or_else(|| Error::invalid("training", "training.device", "gpu without a GPU", expected)),
    }
}

/// What a training writes.
struct Files {
    state: PathBuf,
    model: PathBuf,
}

impl Files {
    /// The files of `config`, in folders that exist from now on.
    fn open(config: &TrainConfig, resume: bool) -> Result<Self> {
        let folder = config.run_folder();
        let state = folder.join("state.safetensors");
        if !resume && state.exists() {
            let expected = "none, or `--resume` to go on with it";
            return Err(Error::invalid(folder.display(), "state.safetensors", "a training", expected));
        }
        let parent = config.model.parent().unwrap_or(Path::new("."));
        for folder in [folder.as_path(), parent] {
            std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
        }
        Ok(Self { state, model: config.model.clone() })
    }

    /// Writes a checkpoint: the state, and the model as it is.
    fn save(&self, state: &State, header: &ModelHeader) -> Result<()> {
        state.save(&header.network, &self.state)?;
        self.save_model(self.model(state, header)?)
    }

    /// Writes the model.
    fn save_model(&self, model: Model) -> Result<()> {
        checkpoint::save(&model, &self.model)
    }

    /// The model as it is.
    fn model(&self, state: &State, header: &ModelHeader) -> Result<Model> {
        let mut header = header.clone();
        header.card.trained_steps = state.step;
        let weights = unflattened(&header.network, &values(&state.average));
        Model::new(&self.model.display().to_string(), header, weights)
    }

    /// The error of a loss or gradient that is no number.
    fn diverged(&self, step: u64, loss: f64, norm: f64) -> Error {
        let found = format!("loss {loss} and gradient norm {norm} in step {}", step + 1);
        let kept = match self.state.exists() {
            true => format!("the last good checkpoint is {}", self.state.display()),
            false => "no checkpoint was made yet".into(),
        };
        Error::invalid("training", "loss", found, format!("finite numbers; {kept}"))
    }
}
