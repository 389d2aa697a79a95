//! What a training writes besides its journal: state and model.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::config::TrainConfig;
use super::differences::{differences, listed};
use super::parameters::unflattened;
use super::state::{State, values};
use crate::audio::check_output;
use crate::model::{Model, ModelHeader};
use crate::{Error, Result, checkpoint};

/// State and model of one training, which nobody else writes meanwhile.
pub struct Files {
    /// Where the state is.
    pub state: PathBuf,
    model: PathBuf,
    /// Held as long as the training runs; the system lets go of it, however that ends.
    _lock: Option<File>,
}

impl Files {
    /// The files of `config`, in folders that exist from now on.
    ///
    /// # Errors
    /// Where they cannot be written or are in use, or another training or file is where a new one is to be.
    pub fn open(config: &TrainConfig, resume: bool) -> Result<Self> {
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
        Ok(Self { state, model: config.model.clone(), _lock: lock(&folder)? })
    }

    /// Refuses to go on with a training of the model `header` where the file of the model's name is another's.
    ///
    /// # Errors
    /// Where there is such a file that is no model, or in which fields differ.
    pub fn check_model(&self, header: &ModelHeader) -> Result<()> {
        if !self.model.exists() {
            return Ok(());
        }
        let refused = |why: String| {
            let remedy = "the training would replace it: move it away, or set `model` back";
            Error::unreadable(&self.model, format!("no model of this training ({why}); {remedy}"))
        };
        let found =
            checkpoint::load(&self.model, None).map_err(|_| refused("not readable as a model".into()))?;
        listed(&differences(found.header(), header)).map_or(Ok(()), |differences| Err(refused(differences)))
    }

    /// Writes a checkpoint: the state, and the model as it is. What cannot be written of them does not keep the other from it.
    ///
    /// # Errors
    /// Where either cannot be written; its older file stays.
    pub fn save(&self, state: &State, header: &ModelHeader) -> Result<()> {
        let saved = state.save(header, &self.state);
        let model = self.model(state, header).and_then(|model| self.save_model(model));
        saved.and(model)
    }

    /// Writes the model.
    ///
    /// # Errors
    /// Where it cannot be written; the older file stays.
    pub fn save_model(&self, model: Model) -> Result<()> {
        checkpoint::save(&model, &self.model)
    }

    /// The model as it is.
    ///
    /// # Errors
    /// Where the weights are no numbers.
    pub fn model(&self, state: &State, header: &ModelHeader) -> Result<Model> {
        let mut header = header.clone();
        header.card.trained_steps = state.step;
        let weights = unflattened(&*header.network, &values(&state.average));
        Model::new(&self.model.display().to_string(), header, weights)
    }

    /// The error of a loss or gradient that is no number.
    pub fn diverged(&self, step: u64, loss: f64, norm: f64) -> Error {
        let found = format!("loss {loss} and gradient norm {norm} in step {}", step + 1);
        let kept = match self.state.exists() {
            true => format!("the last good checkpoint is {}", self.state.display()),
            false => "no checkpoint was made yet".into(),
        };
        Error::invalid("training", "loss", found, format!("finite numbers; {kept}"))
    }
}

/// Takes the run's folder; none where the file system has no locks.
fn lock(folder: &Path) -> Result<Option<File>> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(|e| Error::io(&path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {
            Err(Error::unreadable(folder, "in use by another training that is running"))
        }
        Err(TryLockError::Error(_)) => Ok(None),
    }
}
