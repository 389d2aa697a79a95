//! Remel's model file: safetensors whose metadata hold the model's header as JSON.

use std::collections::HashMap;
use std::path::Path;

use half::f16;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::bandwave;
use super::import::{Params, import};
use super::values::Float;
use crate::audio::write_whole;
use crate::mel::Dialect;
use crate::model::{Model, ModelHeader};
use crate::network::{Tensor, Weights};
use crate::{Error, Result};

/// The metadata entry that holds the header; its name carries the format's version.
const HEADER: &str = "remel.model.1";

/// Reads a model file, or imports a bare state dict kept as safetensors. `path` is its name for the user.
pub fn from_bytes(path: &Path, bytes: &[u8], dialect: Option<&Dialect>) -> Result<Model> {
    let refused = |e| Error::unreadable(path, format!("not readable as safetensors: {e}"));
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(refused)?;
    let header = metadata.metadata().as_ref().and_then(|entries| entries.get(HEADER));
    let file = SafeTensors::deserialize(bytes).map_err(refused)?;
    let mut weights = Weights::default();
    for (name, view) in file.iter() {
        let Some(float) = float(view.dtype()) else {
            let (field, found) = (format!("tensor {name}"), view.dtype());
            return Err(Error::invalid(path.display(), field, found, "F32, F64, F16 or BF16"));
        };
        weights.insert(name, Tensor { shape: view.shape().to_vec(), data: float.widen(view.data()) });
    }
    let Some(header) = header else {
        let arguments = metadata.metadata().as_ref().and_then(|entries| entries.get(bandwave::CONFIG));
        return match arguments {
            Some(arguments) => bandwave::import(path, arguments, weights),
            None => import(path, &weights, &Params::default(), 0, dialect),
        };
    };
    let header: ModelHeader = serde_json::from_str(header)
        .map_err(|e| Error::invalid(path.display(), format!("metadata {HEADER}"), e, "a model's header"))?;
    Model::new(&path.display().to_string(), header, weights)
}

/// None for a type that no weight has.
fn float(dtype: Dtype) -> Option<Float> {
    match dtype {
        Dtype::F64 => Some(Float::F64),
        Dtype::F32 => Some(Float::F32),
        Dtype::F16 => Some(Float::F16),
        Dtype::BF16 => Some(Float::BF16),
        _ => None,
    }
}

/// How weights are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WeightType {
    /// As they are.
    #[default]
    F32,
    /// Rounded to half precision: half as large.
    F16,
}

/// Writes a model file, its weights as they are. It appears whole or not at all.
pub fn save(model: &Model, path: &Path) -> Result<()> {
    save_as(model, path, WeightType::F32)
}

/// The same with weights of another type.
pub fn save_as(model: &Model, path: &Path, weights: WeightType) -> Result<()> {
    let header =
        serde_json::to_string(model.header()).expect("a header has no map with other keys than strings");
    let metadata = HashMap::from([(HEADER.to_owned(), header)]);
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = model
        .weights()
        .iter()
        .map(|(name, tensor)| {
            let bytes = match weights {
                WeightType::F32 => tensor.data.iter().flat_map(|v| v.to_le_bytes()).collect(),
                WeightType::F16 => tensor.data.iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()).collect(),
            };
            (name.to_owned(), tensor.shape.clone(), bytes)
        })
        .collect();
    let dtype = match weights {
        WeightType::F32 => Dtype::F32,
        WeightType::F16 => Dtype::F16,
    };
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(dtype, shape.clone(), bytes).expect("shape and bytes are one tensor's");
        (name.as_str(), view)
    });
    let bytes = safetensors::serialize(views, Some(metadata))
        .map_err(|e| Error::unreadable(path, format!("cannot be written as safetensors: {e}")))?;
    write_whole(path, |file| std::io::Write::write_all(file, &bytes))
}
