//! The loop.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::config::TrainConfig;
use super::data::Split;
use super::journal::Journal;
use super::learner::Learner;
use super::observer::{Observer, Progress};
use super::optimizer::Optimizer;
use super::pairs::Pairs;
use super::parameters::unflattened;
use super::state::{State, values};
use super::{start, task, temperature};
use crate::audio::check_output;
use crate::model::{Model, ModelHeader};
use crate::{Error, Result, checkpoint};

/// Crops that the validation loss is the mean of.
const VALIDATION_CROPS: u64 = 16;

/// Trains a model as `config` says and gives the path of its file.
///
/// With `resume` the training in the run's folder goes on; without, there must be none. A model that is done is given
/// the temperature that suits it, unless its levels are angles.
///
/// # Errors
/// Where data, state or model cannot be read or written, the device is missing, or the loss is no number any more.
/// The last checkpoint stays in the run's folder.
pub fn run(config: &TrainConfig, resume: bool, observer: &mut dyn Observer) -> Result<PathBuf> {
    let backend = start::backend(&config.training)?;
    let teacher = start::teacher(config, &backend)?;
    let mut header = start::header(config)?;
    if let Some(teacher) = &teacher {
        header = teacher.student(&header)?;
    }
    let training = &config.training;
    let files = Files::open(config, resume)?;
    let data = start::data(config, header.rate_hz, observer)?;
    let pairs = Pairs::new(data, header.clone());
    let mut state = match resume {
        true => State::load(&header, &files.state, &backend.device(), &mut |line| observer.warned(line))?,
        false => {
            let warn = &mut |line: &str| observer.warned(line);
            State::new(&start::parameters(config, &header, teacher.as_ref(), warn)?, &backend.device())
        }
    };
    state.scale = state.scale.suited(training.precision);
    let task = task::open(config, &header, &pairs, teacher, &backend)?;
    let learner = Learner::new(task, training, &backend);
    let optimizer = Optimizer::new(training);
    let mut journal = Journal::open(&config.run_folder(), state.step)?;
    let (started, before) = (Instant::now(), state.seconds);
    let mut saved = Instant::now();
    let mut unwritten = None;
    while optimizer.progress(&state) < 1.0 && !observer.stopped() {
        let crops = (training.batch * training.accumulate) as u64;
        let first = state.step * crops;
        let (done, stopped) = (optimizer.progress(&state), &mut || observer.stopped());
        let Some((loss, gradient)) = learner.gradient(&state, first..first + crops, done, stopped)? else {
            break;
        };
        let norm = f64::from(gradient.clone().square().sum().sqrt().into_scalar::<f32>());
        if loss.is_finite() && !norm.is_finite() && state.scale.overflowed() {
            // The same crops again: nothing of them has been learned.
            continue;
        }
        if !(loss.is_finite() && norm.is_finite()) {
            return Err(files.diverged(state.step, loss, norm));
        }
        let learning_rate = optimizer.learning_rate(&state);
        optimizer.step(&mut state, gradient, norm);
        state.scale.held();
        state.seconds = before + started.elapsed().as_secs_f64();
        let done = optimizer.progress(&state).min(1.0);
        let (step, seconds) = (state.step, state.seconds);
        let progress = Progress { step, done, loss, gradient_norm: norm, learning_rate, seconds };
        observer.stepped(&progress);
        let mut validation = None;
        if step % training.validate_steps == 0 && pairs.data().holds(Split::Validation) {
            validation = learner.validate(&state, 0..VALIDATION_CROPS, &mut || observer.stopped())?;
        }
        let mut kept = Ok(());
        if let Some(loss) = validation {
            observer.validated(step, loss);
            kept = journal.sample(step, files.model(&state, &header)?, &pairs);
        }
        kept = kept.and(journal.step(&progress, validation));
        if saved.elapsed().as_secs_f64() >= 60.0 * training.checkpoint_minutes {
            kept = kept.and(files.save(&state, &header));
            saved = Instant::now();
        }
        // A full disk costs logs, and a checkpoint that may have room later; not what has been learned so far.
        unwritten = warned_once(kept, unwritten, observer);
    }
    if state.step == 0 {
        let reason = "stopped before the first step: nothing was learned, and no model is written";
        return Err(Error::unreadable(&config.model, reason));
    }
    files.save(&state, &header)?;
    // Angles are sampled along paths that the training has seen: there a model keeps the noise that it learned with.
    if pairs.data().holds(Split::Validation) && !header.network.has_angles() {
        let temperature = temperature::suited(&files.model(&state, &header)?, &pairs)?;
        files.save_model(files.model(&state, &header)?.with_temperature(temperature)?)?;
    }
    Ok(config.model.clone())
}

/// Tells of what could not be written, unless that was told of the time before: gives it, to know it by.
fn warned_once(kept: Result<()>, before: Option<String>, observer: &mut dyn Observer) -> Option<String> {
    let failure = kept.err()?.to_string();
    if before.as_ref() != Some(&failure) {
        observer.warned(&format!("{failure}; the training goes on"));
    }
    Some(failure)
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
        if !resume && config.model.exists() {
            let expected = "none: a training would replace it";
            return Err(Error::invalid(config.model.display(), "model", "a file of that name", expected));
        }
        let parent = config.model.parent().unwrap_or(Path::new("."));
        for folder in [folder.as_path(), parent] {
            std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
        }
        check_output(&config.model)?;
        check_output(&state)?;
        Ok(Self { state, model: config.model.clone() })
    }

    /// Writes a checkpoint: the state, and the model as it is.
    fn save(&self, state: &State, header: &ModelHeader) -> Result<()> {
        state.save(header, &self.state)?;
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
        let weights = unflattened(&*header.network, &values(&state.average));
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
