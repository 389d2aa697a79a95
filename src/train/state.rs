//! All that a training changes from step to step, and its file.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;

use burn::optim::{AdamWState, AdaptiveMomentumState};
use burn::tensor::{Device, Tensor};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use super::differences::{differences, listed, sampling_differences};
use super::parameters::placed;
use super::scale::LossScale;
use crate::audio::write_whole_and_sync;
use crate::model::ModelHeader;
use crate::network::Network;
use crate::{Error, Result};

/// The metadata entry that tells of a state; its name carries the format's version.
const ENTRY: &str = "remel.train.1";

/// Where a training stands. Crops, levels and noise are functions of `step`: there is no other random state.
#[derive(Clone)]
pub struct State {
    /// Optimizer steps done.
    pub step: u64,
    /// Wall-clock time spent, over all runs.
    pub seconds: f64,
    /// The parameters of the network, as one vector.
    pub parameters: Tensor<1>,
    /// Their exponential moving average: what becomes the model.
    pub average: Tensor<1>,
    /// The optimizer's moments; none before the first step.
    pub moments: Option<AdamWState<1>>,
    /// What losses are multiplied by.
    pub scale: LossScale,
}

/// What the file says of a state besides its vectors.
#[derive(Serialize, Deserialize)]
struct Entry {
    network: Network,
    /// Their order is what the labels mean.
    #[serde(default)]
    classes: Vec<String>,
    /// The model that is trained; states from before it was written down have network and classes alone.
    #[serde(default)]
    model: Option<ModelHeader>,
    step: u64,
    seconds: f64,
    updates: Option<usize>,
    #[serde(default = "LossScale::none")]
    scale: LossScale,
}

impl State {
    /// The state before the first step.
    pub fn new(parameters: &[f32], device: &Device) -> Self {
        let parameters = placed(parameters, device);
        Self {
            step: 0,
            seconds: 0.0,
            average: parameters.clone(),
            parameters,
            moments: None,
            scale: LossScale::none(),
        }
    }

    /// Writes the state of a training of the model `header`. The file appears whole or not at all, and an older one stays.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn save(&self, header: &ModelHeader, path: &Path) -> Result<()> {
        let momentum = self.moments.as_ref().map(|state| &state.momentum);
        let entry = Entry {
            network: header.network.clone(),
            classes: header.classes.clone(),
            model: Some(header.clone()),
            step: self.step,
            seconds: self.seconds,
            updates: momentum.map(|momentum| momentum.time),
            scale: self.scale,
        };
        let entry = serde_json::to_string(&entry).expect("an entry has no map");
        let mut vectors = vec![("parameters", bytes(&self.parameters)), ("average", bytes(&self.average))];
        if let Some(momentum) = momentum {
            vectors.push(("moment_1", bytes(&momentum.moment_1)));
            vectors.push(("moment_2", bytes(&momentum.moment_2)));
        }
        let views = vectors.iter().map(|(name, bytes)| {
            let view = TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes).expect("four bytes per value");
            (*name, view)
        });
        let file = safetensors::serialize(views, Some(HashMap::from([(ENTRY.to_owned(), entry)])))
            .map_err(|e| Error::unreadable(path, format!("cannot be written as safetensors: {e}")))?;
        write_whole_and_sync(path, |out| out.write_all(&file))
    }

    /// Reads the state of a training of the model `header` onto `device`. `warn` is told in one line where the model is to be
    /// sampled otherwise from now on.
    ///
    /// # Errors
    /// Where there is no such file, it cannot be read, is no state, or is that of another model: names the fields.
    pub fn load(
        header: &ModelHeader,
        path: &Path,
        device: &Device,
        warn: &mut dyn FnMut(&str),
    ) -> Result<Self> {
        let file = std::fs::read(path).map_err(|e| match e.kind() {
            ErrorKind::NotFound => {
                Error::unreadable(path, "there is no training to go on with: leave out `--resume`")
            }
            _ => Error::io(path, e),
        })?;
        let refused = |e| Error::unreadable(path, format!("not readable as safetensors: {e}"));
        let (_, metadata) = SafeTensors::read_metadata(&file).map_err(refused)?;
        let entry = metadata.metadata().as_ref().and_then(|entries| entries.get(ENTRY));
        let entry = entry.ok_or_else(|| Error::unreadable(path, "not the state of a training"))?;
        let entry: Entry = serde_json::from_str(entry).map_err(|e| {
            Error::invalid(path.display(), format!("metadata {ENTRY}"), e, "the state of a training")
        })?;
        entry.compare(header, path, warn)?;
        let network = &header.network;
        let count: usize = network.tensors().iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
        let vectors = SafeTensors::deserialize(&file).map_err(refused)?;
        let vector = |name: &str| {
            let view = vectors.tensor(name).map_err(refused)?;
            if view.dtype() != Dtype::F32 || view.shape() != [count] {
                let found = format!("{:?} {:?}", view.dtype(), view.shape());
                return Err(Error::invalid(path.display(), name, found, format!("F32 [{count}]")));
            }
            let (values, _) = view.data().as_chunks::<4>();
            let values: Vec<f32> = values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
            Ok(placed(&values, device))
        };
        let moments = match entry.updates {
            None => None,
            Some(time) => {
                let (moment_1, moment_2) = (vector("moment_1")?, vector("moment_2")?);
                Some(AdamWState::new(AdaptiveMomentumState { time, moment_1, moment_2, max_moment_2: None }))
            }
        };
        let (parameters, average) = (vector("parameters")?, vector("average")?);
        let Entry { step, seconds, scale, .. } = entry;
        Ok(Self { step, seconds, parameters, average, moments, scale })
    }
}

impl Entry {
    /// Refuses a state of another model than `header`.
    fn compare(&self, header: &ModelHeader, path: &Path, warn: &mut dyn FnMut(&str)) -> Result<()> {
        let (network, classes) = (self.network.clone(), self.classes.clone());
        let model = self.model.clone().unwrap_or_else(|| ModelHeader { network, classes, ..header.clone() });
        if let Some(differences) = listed(&differences(&model, header)) {
            let remedy = "set these back in the configuration, or train a new model under another `model`";
            return Err(Error::unreadable(
                path,
                format!("the state of another model: {differences}; {remedy}"),
            ));
        }
        if let Some(differences) = listed(&sampling_differences(&model, header)) {
            warn(&format!("{}: the training goes on for another sampling: {differences}", path.display()));
        }
        Ok(())
    }
}

/// The values of a vector.
pub fn values(vector: &Tensor<1>) -> Vec<f32> {
    vector.to_data().try_to_vec().expect("parameters are f32")
}

fn bytes(vector: &Tensor<1>) -> Vec<u8> {
    values(vector).iter().flat_map(|value| value.to_le_bytes()).collect()
}
