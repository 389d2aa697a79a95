//! The loop.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::background::Background;
use super::config::TrainConfig;
use super::data::Split;
use super::files::Files;
use super::journal::{Journal, Sample};
use super::learner::Learner;
use super::observer::{Observer, Progress};
use super::optimizer::Optimizer;
use super::pairs::{Pairs, tokens};
use super::state::State;
use super::{start, task, temperature};
use crate::model::{Model, ModelHeader};
use crate::network::LevelKind;
use crate::{Error, Result};

/// Crops that the validation loss is the mean of.
const VALIDATION_CROPS: u64 = 16;

/// Trains a model as `config` says and gives the path of its file.
///
/// With `resume` the training in the run's folder goes on; without, there must be none. A model that is done, and was not
/// stopped, is given the temperature that suits it, unless its levels are angles. A training that is stopped ends at once,
/// within a step too, and forgets that step; threads may be at work for a moment longer, and write nothing.
///
/// # Errors
/// Where data, state or model cannot be read or written, the device is missing, or the loss is no number any more. What was
/// learned is written as far as that is possible; the last checkpoint stays in the run's folder.
pub fn run(config: &TrainConfig, resume: bool, observer: &mut dyn Observer) -> Result<PathBuf> {
    let backend = start::backend(&config.training)?;
    let teacher = start::teacher(config, &backend)?;
    let mut header = start::header(config)?;
    if let Some(teacher) = &teacher {
        header = teacher.student(&header)?;
    }
    let training = &config.training;
    let files = Files::open(config, resume)?;
    // Before files are prepared, which may take hours: what is refused is refused now.
    let warn = &mut |line: &str| observer.warned(line);
    let mut state = match resume {
        true => {
            let state = State::load(&header, &files.state, &backend.device()?, warn)?;
            files.check_model(&header)?;
            state
        }
        false => State::new(&start::parameters(config, &header, teacher.as_ref(), warn)?, &backend.device()?),
    };
    state.scale = state.scale.suited(training.precision);
    let tokens = tokens(&config.data, &header.network)?;
    let data = start::data(config, header.rate_hz, observer)?;
    let pairs = Arc::new(Pairs::new(data, header.clone(), tokens));
    let task = task::open(config, &header, &pairs, teacher, &backend)?;
    let learner = Learner::new(task, training, &backend);
    let journal = Journal::open(&config.run_folder(), state.step)?;
    let optimizer = Optimizer::new(training);
    let (room, told) = (true, HashSet::new());
    let mut course = Course { config, header, files, pairs, learner, optimizer, journal, observer, room, told };
    course.learn(&mut state)?;
    if state.step == 0 {
        let reason = "stopped before the first step: nothing was learned, and no model is written";
        return Err(Error::unreadable(&config.model, reason));
    }
    course.files.save(&state, &course.header)?;
    course.suit(&state)?;
    Ok(config.model.clone())
}

/// A training under way.
struct Course<'a> {
    config: &'a TrainConfig,
    header: ModelHeader,
    files: Files,
    pairs: Arc<Pairs>,
    learner: Learner,
    optimizer: Optimizer,
    journal: Journal,
    observer: &'a mut dyn Observer,
    /// Whether the last checkpoint found room: where none did, samples take no more of it.
    room: bool,
    /// What was warned of: once is enough.
    told: HashSet<String>,
}

impl Course<'_> {
    /// Learns until all is done or the observer wants to stop. The state is then that of the last whole step.
    fn learn(&mut self, state: &mut State) -> Result<()> {
        let (started, before) = (Instant::now(), state.seconds);
        // The first checkpoint of a training is that of its first step: before samples take the room that it needs.
        let mut saved = (state.step > 0).then(Instant::now);
        while self.optimizer.progress(state) < 1.0 && !self.observer.stopped() {
            let learning_rate = self.optimizer.learning_rate(state);
            let Some((loss, norm)) = self.step(state)? else { continue };
            state.seconds = before + started.elapsed().as_secs_f64();
            let done = self.optimizer.progress(state).min(1.0);
            let (step, seconds) = (state.step, state.seconds);
            let progress = Progress { step, done, loss, gradient_norm: norm, learning_rate, seconds };
            self.observer.stepped(&progress);
            let due = 60.0 * self.config.training.checkpoint_minutes;
            if saved.is_none_or(|saved| saved.elapsed().as_secs_f64() >= due) {
                let kept = self.files.save(state, &self.header);
                self.room = kept.is_ok();
                self.told(kept);
                saved = Some(Instant::now());
            }
            let validation = self.validate(state)?;
            let kept = self.journal.step(&progress, validation);
            self.told(kept);
        }
        Ok(())
    }

    /// Takes a step: the mean loss, and the gradient's norm. None where it was not taken, as it was stopped, or as gradients
    /// were too large for a narrow type.
    fn step(&mut self, state: &mut State) -> Result<Option<(f64, f64)>> {
        let training = &self.config.training;
        let crops = (training.batch * training.accumulate) as u64;
        let (first, done) = (state.step * crops, self.optimizer.progress(state));
        let stopped = &mut || self.observer.stopped();
        let found = self.learner.gradient(state, first..first + crops, done, stopped);
        let found = found.map_err(|error| self.rescued(state, error))?;
        let Some((loss, gradient)) = found else { return Ok(None) };
        let norm = f64::from(gradient.clone().square().sum().sqrt().into_scalar::<f32>());
        if loss.is_finite() && !norm.is_finite() && state.scale.overflowed() {
            // The same crops again: nothing of them has been learned.
            return Ok(None);
        }
        if !(loss.is_finite() && norm.is_finite()) {
            return Err(self.files.diverged(state.step, loss, norm));
        }
        self.optimizer.step(state, gradient, norm);
        state.scale.held();
        Ok(Some((loss, norm)))
    }

    /// What ends the training, once all that it has learned is written: `error`, such as that of data which are gone.
    fn rescued(&mut self, state: &State, error: Error) -> Error {
        if state.step > 0 {
            let kept = self.files.save(state, &self.header);
            self.told(kept);
        }
        error
    }

    /// The validation loss and a sample, where they are due and nobody stops them.
    fn validate(&mut self, state: &State) -> Result<Option<f64>> {
        let due = state.step.is_multiple_of(self.config.training.validate_steps);
        if !due || !self.pairs.data().holds(Split::Validation) {
            return Ok(None);
        }
        let stopped = &mut || self.observer.stopped();
        let loss = self.learner.validate(state, 0..VALIDATION_CROPS, stopped);
        let Some(loss) = loss.map_err(|error| self.rescued(state, error))? else { return Ok(None) };
        self.observer.validated(state.step, loss);
        if !self.room {
            return Ok(Some(loss));
        }
        let model = self.files.model(state, &self.header)?;
        if let Some(sample) = self.of_model(model, Sample::of) {
            let kept = sample.and_then(|sample| self.journal.sample(state.step, &sample));
            self.told(kept);
        }
        Ok(Some(loss))
    }

    /// Gives the model the temperature that suits it. Angles and σ are sampled along paths that the training has seen: there a
    /// model keeps the noise that it learned with.
    fn suit(&mut self, state: &State) -> Result<()> {
        let seen = self.header.network.level_kind() == LevelKind::Angles || self.header.diffusion.is_some();
        if !self.pairs.data().holds(Split::Validation) || seen {
            return Ok(());
        }
        let model = self.files.model(state, &self.header)?;
        match self.of_model(model.clone(), |model, pairs| temperature::suited(&model, pairs)) {
            Some(temperature) => self.files.save_model(model.with_temperature(temperature?)?),
            None => Ok(()),
        }
    }

    /// What `work` makes of `model` and the data; none where it is stopped before.
    fn of_model<T: Send + 'static>(
        &mut self,
        model: Model,
        work: impl FnOnce(Model, &Pairs) -> Result<T> + Send + 'static,
    ) -> Option<Result<T>> {
        let pairs = Arc::clone(&self.pairs);
        if self.observer.stopped() {
            return None;
        }
        Background::start(move || work(model, &pairs)).wait(&mut || self.observer.stopped())
    }

    /// Tells, once, of what could not be written. A full disk costs logs, and a checkpoint that may have room later; not what
    /// has been learned so far.
    fn told(&mut self, kept: Result<()>) {
        if let Err(error) = kept
            && self.told.insert(error.to_string())
        {
            self.observer.warned(&format!("{error}; the training goes on"));
        }
    }
}
