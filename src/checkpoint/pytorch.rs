//! PyTorch files. Their pickle is parsed, never run: an object of a class that is no tensor's stays a name.

use std::path::Path;

use pytorch_reader::{DType, PickleValue, PytorchError, PytorchReader};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::import::{Params, import};
use super::values::Float;
use crate::mel::Dialect;
use crate::model::Model;
use crate::network::{Tensor, Weights};
use crate::{Error, Result};

/// Keys under which programs keep the weights of a checkpoint; lmnt's first.
const WEIGHT_KEYS: [&str; 3] = ["model", "state_dict", "model_state_dict"];

/// Imports a checkpoint: with `model`, `params` and `step` as lmnt-com/diffwave writes it, or a bare state dict.
/// `path` is the name for the user of what lies at `file`.
pub fn load(file: &Path, path: &Path, dialect: Option<&Dialect>) -> Result<Model> {
    std::fs::File::open(file).map_err(|e| Error::io(path, e))?;
    let refused =
        |e: PytorchError| Error::unreadable(path, format!("not readable as a PyTorch checkpoint: {e}"));
    let root = PytorchReader::read_pickle_data(file, None).map_err(refused)?;
    let PickleValue::Dict(root) = root else {
        let found = match root {
            PickleValue::Unsupported(class) => format!("an object of the class {class}"),
            other => format!("{other:?}").chars().take(60).collect(),
        };
        return Err(Error::invalid(path.display(), "root", found, "a dictionary of tensors"));
    };
    let key = WEIGHT_KEYS.into_iter().find(|key| matches!(root.get(*key), Some(PickleValue::Dict(_))));
    let reader = match key {
        Some(key) => PytorchReader::with_top_level_key(file, key),
        None => PytorchReader::new(file),
    }
    .map_err(refused)?;
    let mut weights = Weights::default();
    for (name, tensor) in reader.tensors() {
        // The optimizer's counters are integers, but no weight is.
        let Some(float) = float(tensor.dtype()) else { continue };
        let bytes = tensor.read().map_err(|e| Error::unreadable(path, format!("tensor {name}: {e}")))?;
        weights.insert(name.clone(), Tensor { shape: tensor.shape().to_vec(), data: float.widen(&bytes) });
    }
    let params: Params = match root.get("params") {
        Some(value) => fields(path, "params", value)?,
        None => Params::default(),
    };
    let trained_steps = match root.get("step") {
        Some(PickleValue::Int(step)) => u64::try_from(*step).unwrap_or(0),
        _ => 0,
    };
    import(path, &weights, &params, trained_steps, dialect)
}

fn fields<T: DeserializeOwned>(path: &Path, field: &str, value: &PickleValue) -> Result<T> {
    serde_json::from_value(json(value))
        .map_err(|e| Error::invalid(path.display(), field, e, "the parameters that lmnt-com/diffwave saves"))
}

/// A value of plain data; what has no counterpart is null.
fn json(value: &PickleValue) -> Value {
    match value {
        PickleValue::Bool(b) => Value::from(*b),
        PickleValue::Int(i) => Value::from(*i),
        PickleValue::Float(f) => Value::from(*f),
        PickleValue::String(s) => Value::from(s.as_str()),
        PickleValue::List(items) => items.iter().map(json).collect(),
        PickleValue::Dict(items) => items.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
        PickleValue::None | PickleValue::Bytes(_) | PickleValue::Unsupported(_) => Value::Null,
    }
}

/// None for a type that no weight has.
fn float(dtype: DType) -> Option<Float> {
    match dtype {
        DType::F64 => Some(Float::F64),
        DType::F32 => Some(Float::F32),
        DType::F16 => Some(Float::F16),
        DType::BF16 => Some(Float::BF16),
        _ => None,
    }
}
